-- The ledger. Written in PostgreSQL's types; the dialect turns the few that another database spells differently.
--
-- Every row of the five tables below takes the next number of the whole ledger as its id and carries the hash of the
-- row before it, whichever table that stands in. Rows are only ever added: what corrects a row points at it.

CREATE TABLE head (                     -- where the chain ends: the one row that is updated
  ledger   BIGINT PRIMARY KEY CHECK (ledger = 1),
  last_id  BIGINT NOT NULL,
  hash     TEXT NOT NULL
);

CREATE TABLE book (                     -- rule books that a run was computed under
  id            BIGINT PRIMARY KEY,
  digest        TEXT NOT NULL UNIQUE,
  previous_hash TEXT NOT NULL,
  hash          TEXT NOT NULL,
  content       BYTEA NOT NULL          -- canonical content, deflated
);

CREATE TABLE run (                      -- one payroll of one payer for one period
  id              BIGINT PRIMARY KEY,
  payer           TEXT NOT NULL,
  period          TEXT NOT NULL,        -- YYYY-MM
  number          BIGINT NOT NULL,      -- 1 is the regular run of the period
  version         BIGINT NOT NULL,      -- 1, and one more with each replacement
  kind            TEXT NOT NULL,
  paid_on         TEXT NOT NULL,        -- YYYY-MM-DD
  known_at        TEXT,                 -- YYYY-MM-DD; none: everything the book holds
  state           TEXT NOT NULL,        -- as it was written; later states are transitions
  inputs_digest   TEXT NOT NULL,
  rulebook_digest TEXT NOT NULL REFERENCES book (digest),
  engine_version  TEXT NOT NULL,
  replaces        BIGINT UNIQUE REFERENCES run (id),
  previous_hash   TEXT NOT NULL,
  hash            TEXT NOT NULL,
  UNIQUE (payer, period, number, version)
);

CREATE TABLE transition (               -- who moved a run from one state to the next, when and why
  id            BIGINT PRIMARY KEY,
  run_id        BIGINT NOT NULL REFERENCES run (id),
  from_state    TEXT NOT NULL,
  to_state      TEXT NOT NULL,
  by_whom       TEXT NOT NULL,
  at_time       TEXT NOT NULL,
  why           TEXT NOT NULL,
  previous_hash TEXT NOT NULL,
  hash          TEXT NOT NULL
);
CREATE INDEX transition_of_run ON transition (run_id, id);

CREATE TABLE slip (                     -- one person's pay in one run; the long columns last, so that scans skip them
  id            BIGINT PRIMARY KEY,
  run_id        BIGINT NOT NULL REFERENCES run (id),
  sequence      BIGINT NOT NULL,
  worker        TEXT NOT NULL CHECK (worker <> ''),
  person        TEXT NOT NULL,          -- a hash of identity document type and number, never the number
  name          TEXT NOT NULL,
  tax_year      BIGINT NOT NULL,
  carried       TEXT NOT NULL,          -- JSON: figure -> decimal text
  replaces      BIGINT REFERENCES slip (id),
  previous_hash TEXT NOT NULL,
  hash          TEXT NOT NULL,
  result        TEXT NOT NULL,          -- canonical JSON
  inputs        TEXT NOT NULL,          -- canonical JSON
  UNIQUE (run_id, worker)
);
CREATE INDEX slip_of_person ON slip (person, tax_year);
CREATE UNIQUE INDEX slip_replaced_once ON slip (replaces) WHERE replaces IS NOT NULL;

CREATE TABLE opening (                  -- what a person brings from before the ledger began
  id            BIGINT PRIMARY KEY,
  payer         TEXT NOT NULL,
  person        TEXT NOT NULL,
  tax_year      BIGINT NOT NULL,
  as_of         TEXT NOT NULL,          -- YYYY-MM, the last period that the amounts include
  amounts       TEXT NOT NULL,          -- JSON: figure -> decimal text
  replaces      BIGINT UNIQUE REFERENCES opening (id),
  previous_hash TEXT NOT NULL,
  hash          TEXT NOT NULL
);
CREATE INDEX opening_of_person ON opening (payer, tax_year, person);

CREATE VIEW current_run AS
  SELECT run.* FROM run
  WHERE NOT EXISTS (SELECT 1 FROM run AS later WHERE later.replaces = run.id);

CREATE VIEW current_slip AS
  SELECT slip.* FROM slip JOIN current_run ON current_run.id = slip.run_id
  WHERE NOT EXISTS (SELECT 1 FROM slip AS later WHERE later.replaces = slip.id);

CREATE VIEW current_opening AS
  SELECT opening.* FROM opening
  WHERE NOT EXISTS (SELECT 1 FROM opening AS later WHERE later.replaces = opening.id);
