SELECT integration_id, name, timezone FROM suppliers
