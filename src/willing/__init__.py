"""Military coalition formation in international crises: theory, record, evidence, forecasts."""
