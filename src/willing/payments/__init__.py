"""What was paid around crises: the record beside US aid, arms and troops."""
