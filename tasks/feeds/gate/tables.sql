-- What the gate may know beside the two snapshots; empty until it is filled.
CREATE TABLE linked (offer_key VARCHAR);
CREATE TABLE recent (offer_key VARCHAR, last_available_at TIMESTAMP, went_off_in VARCHAR);
CREATE TABLE before_windows (baseline VARCHAR, offer_key VARCHAR);
