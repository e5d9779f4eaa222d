"""Rows: the engine, the tables, the migrations. SQLite by default, PostgreSQL by URL, one set of statements for both."""
