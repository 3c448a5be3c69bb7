UPDATE runs SET ended_at = :ended_at, status = :status, summary = :summary, message = :message WHERE id = :id
