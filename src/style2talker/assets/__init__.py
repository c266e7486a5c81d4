"""Model files by name: where they come from, their licences, and verified local copies."""
