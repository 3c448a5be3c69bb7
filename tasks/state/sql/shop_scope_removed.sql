DELETE FROM shop_scopes WHERE integration_id = :integration_id
