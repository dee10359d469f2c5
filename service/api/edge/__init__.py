"""The HTTP edge: kept answers, problems, CORS, the contract."""
