"""The layouts of SAE folders that can be read, one a file, and the readers of plain files below them."""
