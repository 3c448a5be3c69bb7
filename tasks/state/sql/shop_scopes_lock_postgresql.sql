-- Two runs of different shops take turns here; reading is free. (On SQLite whoever may write is alone anyway.)
LOCK TABLE shop_scopes IN SHARE ROW EXCLUSIVE MODE
