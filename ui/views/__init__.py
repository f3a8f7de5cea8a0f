"""Values → HTML: pure functions; every word that is not ours is escaped."""
