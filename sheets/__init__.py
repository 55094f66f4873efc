"""Files for people who read paper or spreadsheets: made of reports, nothing else."""
