# %% [markdown]
# # A chapter that reads nothing

# %%
1 + 1
