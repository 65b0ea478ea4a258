"""What the database knows about its own tables, by which it plans its queries."""

from collections.abc import Iterable

from django.db import connection


def renew_statistics(tables: Iterable[str]) -> None:
    """Let PostgreSQL look at tables that have just grown.

    It does so by itself within a minute or two. Until then it would plan for the tables as they
    were, on the first day empty ones, and walk a whole table once for every row of another.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(table)}")
