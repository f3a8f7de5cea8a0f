"""What people add; lives in a database, unlike everything that is derived from documents."""
