-- Changes by others that are over for so long that nobody asks about them.
DELETE FROM shop_edits WHERE integration_id = :integration_id AND ended_at < :before
