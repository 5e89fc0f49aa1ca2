"""Who comes in: people by command line and console, systems by HTTP; all get the same decision."""
