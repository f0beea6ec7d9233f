"""Figures of calibrations and of forecasts."""
