"""Read-only questions over a snapshot, at the scale of millions of records.

A snapshot is a folder of Parquet files tied to a checkpoint of the log, written
by ``store``. An engine opens it and answers; it never writes to a case. DuckDB
is the engine of one machine. It is used without extensions, because these are
downloaded at run time and headstamp works without a network; this is also why
it reads Parquet and not the case's SQLite file. Together with ``store`` this
is the only room that may import a database driver.
"""
