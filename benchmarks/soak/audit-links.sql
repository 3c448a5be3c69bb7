-- The same for suppliers' links: a row an UPDATE, and whether it changed anything but the time.
CREATE TABLE soak_links (
  id bigserial PRIMARY KEY, integration_id bigint, made boolean, changed boolean
);
CREATE FUNCTION soak_link() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO soak_links (integration_id, made, changed) VALUES (
    NEW.integration_id, TG_OP = 'INSERT',
    TG_OP = 'INSERT' OR (to_jsonb(OLD) - 'updated_at') IS DISTINCT FROM (to_jsonb(NEW) - 'updated_at'));
  RETURN NULL;
END $$;
CREATE TRIGGER soak_links AFTER INSERT OR UPDATE ON integration_product_links FOR EACH ROW EXECUTE FUNCTION soak_link();
