"""Forecasters of one caravan, side by side: rules, weights learned from other caravans, own scores."""
