-- The rows of a person's answers, as texts. Leaves: answers.
CREATE TABLE answers AS
SELECT unnest($rows::STRUCT("row" BIGINT, offer_key VARCHAR, decision VARCHAR, product VARCHAR, pack_size VARCHAR,
                            note VARCHAR, decided_by VARCHAR)[], recursive := true);
