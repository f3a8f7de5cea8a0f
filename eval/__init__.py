"""Making and judging what the assistant answers with; nothing here runs when a question is answered."""
