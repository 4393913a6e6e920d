"""What the panels are made of: fields, folds, small tables, buttons, icons. Nothing here knows a side or a profile."""
