"""What `hidra doctor` looks at: gather facts, then judge them by a pure function that gives findings."""
