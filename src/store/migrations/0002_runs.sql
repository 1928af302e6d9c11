-- The life of a run: who may let it through, what was previewed, what is owed for months that are paid.

CREATE TABLE policy (                   -- what the ledger was made with: its first row, where there is one
  id            BIGINT PRIMARY KEY,
  approval      TEXT NOT NULL,          -- 'required': nothing is paid that a second person has not approved
  previous_hash TEXT NOT NULL,
  hash          TEXT NOT NULL
);

CREATE TABLE preview (                  -- that somebody computed a run and looked at it; nothing of it but a digest
  id            BIGINT PRIMARY KEY,
  payer         TEXT NOT NULL,
  period        TEXT NOT NULL,          -- YYYY-MM
  number        BIGINT NOT NULL,
  digest        TEXT NOT NULL,          -- of the roster, the rule book, the inputs and the results
  by_whom       TEXT NOT NULL,
  at_time       TEXT NOT NULL,
  why           TEXT NOT NULL,
  previous_hash TEXT NOT NULL,
  hash          TEXT NOT NULL
);
CREATE INDEX preview_of_run ON preview (payer, period, number, id);

CREATE TABLE arrear (                   -- what a later law, or a later entry, makes of a month that is paid
  id              BIGINT PRIMARY KEY,
  payer           TEXT NOT NULL,
  person          TEXT NOT NULL,
  worker          TEXT NOT NULL,
  period          TEXT NOT NULL,        -- YYYY-MM, the month that it is for
  number          BIGINT NOT NULL,      -- the run of that month
  line            TEXT NOT NULL,        -- pension_employee, …
  name            TEXT NOT NULL,        -- the line's name for people
  amount          TEXT NOT NULL,        -- decimal; negative where too much was paid
  booked_in       TEXT NOT NULL,        -- YYYY-MM, the month that it is paid with
  rulebook_digest TEXT NOT NULL,
  by_whom         TEXT NOT NULL,
  at_time         TEXT NOT NULL,
  why             TEXT NOT NULL,
  previous_hash   TEXT NOT NULL,
  hash            TEXT NOT NULL
);
CREATE INDEX arrear_of_person ON arrear (payer, person, booked_in);
