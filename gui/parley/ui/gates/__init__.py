"""Between a panel's wish and the controller: what has to be asked of the person first."""
