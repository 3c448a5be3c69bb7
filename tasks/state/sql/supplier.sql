SELECT integration_id, name, delivery, timezone, price_kind FROM suppliers WHERE integration_id = :integration_id
