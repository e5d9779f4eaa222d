"""The databases of the tests of jobs."""

from jobs.conftest import database_url, quick_disk, shared_postgres_url, sqlite_file, sqlite_folder

__all__ = ["database_url", "quick_disk", "shared_postgres_url", "sqlite_file", "sqlite_folder"]
