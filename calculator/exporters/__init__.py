"""Files for others: the deployment CSV files that Microsoft's scripts and ExchangeDsc read."""
