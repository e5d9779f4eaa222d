"""Who is asking: keys, their scopes and budgets."""
