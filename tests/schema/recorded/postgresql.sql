
CREATE FUNCTION public.orchestrator_check_lease(thread text, run text, its_turn integer, its_attempt integer) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM 1 FROM orchestrator_leases
    WHERE thread_id = thread AND run_id = run AND turn = its_turn AND attempt = its_attempt
    FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the lease of thread % is held by a later attempt', thread USING ERRCODE = 'ORL01';
    END IF;
END
$$;

CREATE FUNCTION public.orchestrator_write(batch jsonb, blob_values bytea[], insert_values bytea[], upsert_values bytea[], patient boolean) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    lease JSONB;
BEGIN
    FOR lease IN SELECT * FROM jsonb_array_elements(batch -> 'leases') LOOP
        IF NOT patient THEN
            PERFORM 1 FROM orchestrator_leases WHERE thread_id = lease ->> 0 FOR SHARE NOWAIT;
        END IF;
        PERFORM orchestrator_check_lease(lease ->> 0, lease ->> 1, (lease ->> 2)::INTEGER, (lease ->> 3)::INTEGER);
    END LOOP;

    IF cardinality(blob_values) > 0 THEN
        INSERT INTO checkpoint_blobs (thread_id, checkpoint_ns, channel, version, type, blob)
        SELECT * FROM ROWS FROM (
            jsonb_to_recordset(batch -> 'blobs')
                AS (thread_id TEXT, checkpoint_ns TEXT, channel TEXT, version TEXT, type TEXT),
            unnest(blob_values)
        ) AS given
        ON CONFLICT (thread_id, checkpoint_ns, channel, version) DO NOTHING;
    END IF;

    IF cardinality(insert_values) > 0 THEN
        INSERT INTO checkpoint_writes
            (thread_id, checkpoint_ns, checkpoint_id, task_id, task_path, idx, channel, type, blob)
        SELECT * FROM ROWS FROM (
            jsonb_to_recordset(batch -> 'inserts') AS (
                thread_id TEXT, checkpoint_ns TEXT, checkpoint_id TEXT, task_id TEXT, task_path TEXT, idx INTEGER,
                channel TEXT, type TEXT
            ),
            unnest(insert_values)
        ) AS given
        ON CONFLICT (thread_id, checkpoint_ns, checkpoint_id, task_id, idx) DO NOTHING;
    END IF;

    IF cardinality(upsert_values) > 0 THEN
        INSERT INTO checkpoint_writes
            (thread_id, checkpoint_ns, checkpoint_id, task_id, task_path, idx, channel, type, blob)
        SELECT * FROM ROWS FROM (
            jsonb_to_recordset(batch -> 'upserts') AS (
                thread_id TEXT, checkpoint_ns TEXT, checkpoint_id TEXT, task_id TEXT, task_path TEXT, idx INTEGER,
                channel TEXT, type TEXT
            ),
            unnest(upsert_values)
        ) AS given
        ON CONFLICT (thread_id, checkpoint_ns, checkpoint_id, task_id, idx)
        DO UPDATE SET channel = excluded.channel, type = excluded.type, blob = excluded.blob;
    END IF;

    IF jsonb_array_length(batch -> 'checkpoints') > 0 THEN
        INSERT INTO checkpoints
            (thread_id, checkpoint_ns, checkpoint_id, parent_checkpoint_id, checkpoint, metadata)
        SELECT * FROM jsonb_to_recordset(batch -> 'checkpoints') AS given (
            thread_id TEXT, checkpoint_ns TEXT, checkpoint_id TEXT, parent_checkpoint_id TEXT, checkpoint JSONB,
            metadata JSONB
        )
        ON CONFLICT (thread_id, checkpoint_ns, checkpoint_id)
        DO UPDATE SET checkpoint = excluded.checkpoint, metadata = excluded.metadata;
    END IF;
END
$$;

CREATE TABLE public.checkpoint_blobs (
    thread_id text NOT NULL,
    checkpoint_ns text DEFAULT ''::text NOT NULL,
    channel text NOT NULL,
    version text NOT NULL,
    type text NOT NULL,
    blob bytea
);

CREATE TABLE public.checkpoint_migrations (
    v integer NOT NULL
);

CREATE TABLE public.checkpoint_writes (
    thread_id text NOT NULL,
    checkpoint_ns text DEFAULT ''::text NOT NULL,
    checkpoint_id text NOT NULL,
    task_id text NOT NULL,
    idx integer NOT NULL,
    channel text NOT NULL,
    type text,
    blob bytea NOT NULL,
    task_path text DEFAULT ''::text NOT NULL
);

CREATE TABLE public.checkpoints (
    thread_id text NOT NULL,
    checkpoint_ns text DEFAULT ''::text NOT NULL,
    checkpoint_id text NOT NULL,
    parent_checkpoint_id text,
    type text,
    checkpoint jsonb NOT NULL,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL
);

CREATE TABLE public.orchestrator_continued (
    name text NOT NULL,
    seq integer NOT NULL,
    root text NOT NULL,
    workflow_id text NOT NULL,
    run_id text NOT NULL,
    base_thread text,
    base_checkpoint text,
    left_thread text,
    left_checkpoint text
);

CREATE TABLE public.orchestrator_holds (
    workflow_id text NOT NULL,
    held_by text NOT NULL,
    reason text NOT NULL,
    at text NOT NULL
);

CREATE TABLE public.orchestrator_leases (
    thread_id text NOT NULL,
    run_id text NOT NULL,
    turn integer NOT NULL,
    attempt integer NOT NULL
);

CREATE TABLE public.orchestrator_values (
    key text NOT NULL,
    value bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.store (
    prefix text NOT NULL,
    key text NOT NULL,
    value jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamp with time zone DEFAULT CURRENT_TIMESTAMP,
    expires_at timestamp with time zone,
    ttl_minutes integer
);

CREATE TABLE public.store_migrations (
    v integer NOT NULL
);

INSERT INTO public.checkpoint_migrations VALUES (0);
INSERT INTO public.checkpoint_migrations VALUES (1);
INSERT INTO public.checkpoint_migrations VALUES (2);
INSERT INTO public.checkpoint_migrations VALUES (3);
INSERT INTO public.checkpoint_migrations VALUES (4);
INSERT INTO public.checkpoint_migrations VALUES (5);
INSERT INTO public.checkpoint_migrations VALUES (6);
INSERT INTO public.checkpoint_migrations VALUES (7);
INSERT INTO public.checkpoint_migrations VALUES (8);
INSERT INTO public.checkpoint_migrations VALUES (9);

INSERT INTO public.checkpoint_writes VALUES ('thread', '', '1f1e5ce0-e97a-605f-8000-ee81669812e9', '2a675183-6ef1-4bd8-9bcf-a69879755bbc', 0, 'log', 'msgpack', '\xa4776f7264', '');
INSERT INTO public.checkpoint_writes VALUES ('thread', '', '1f1e5ce0-e985-657c-8001-51845898a5b0', '4686fc61-6eaa-4a0c-84a0-b445a4b32a87', 0, 'log', 'msgpack', '\xa4776f7264', '');
INSERT INTO public.checkpoint_writes VALUES ('thread', '', '1f1e5ce0-e988-6bac-8002-aa548aeeb287', '00b1d3c2-3200-49d5-9a22-c7b8cc3e7c47', 0, 'log', 'msgpack', '\xa4776f7264', '');

INSERT INTO public.checkpoints VALUES ('thread', '', '1f1e5ce0-e97a-605f-8000-ee81669812e9', NULL, NULL, '{"v": 2, "id": "1f1e5ce0-e97a-605f-8000-ee81669812e9", "ts": "2026-11-21T17:07:39.603749+00:00", "pending_sends": [], "versions_seen": {}, "channel_values": {}, "channel_versions": {}, "updated_channels": null}', '{"step": 0, "source": "loop", "parents": {}}');
INSERT INTO public.checkpoints VALUES ('thread', '', '1f1e5ce0-e985-657c-8001-51845898a5b0', NULL, NULL, '{"v": 2, "id": "1f1e5ce0-e985-657c-8001-51845898a5b0", "ts": "2026-11-21T17:07:39.608392+00:00", "pending_sends": [], "versions_seen": {}, "channel_values": {}, "channel_versions": {}, "updated_channels": null}', '{"step": 1, "source": "loop", "parents": {}}');
INSERT INTO public.checkpoints VALUES ('thread', '', '1f1e5ce0-e988-6bac-8002-aa548aeeb287', NULL, NULL, '{"v": 2, "id": "1f1e5ce0-e988-6bac-8002-aa548aeeb287", "ts": "2026-11-21T17:07:39.609787+00:00", "pending_sends": [], "versions_seen": {}, "channel_values": {}, "channel_versions": {}, "updated_channels": null}', '{"step": 2, "source": "loop", "parents": {}}');

INSERT INTO public.orchestrator_continued VALUES ('ledger', 1, 'thread', 'workflow', 'run', NULL, NULL, 'thread', '1f1e5ce0-e988-6bac-8002-aa548aeeb287');

INSERT INTO public.orchestrator_holds VALUES ('workflow', 'ann', 'an audit', '2026-01-01T00:00:00Z');

INSERT INTO public.orchestrator_leases VALUES ('thread', 'run', 2, 3);

INSERT INTO public.orchestrator_values VALUES ('value', '\x6b657074', '2026-11-21 17:07:39.611178+00');

INSERT INTO public.store VALUES ('notes', 'one', '{"text": "remember"}', '2026-11-21 17:07:39.615058+00', '2026-11-21 17:07:39.615058+00', NULL, NULL);

INSERT INTO public.store_migrations VALUES (0);
INSERT INTO public.store_migrations VALUES (1);
INSERT INTO public.store_migrations VALUES (2);
INSERT INTO public.store_migrations VALUES (3);

ALTER TABLE ONLY public.checkpoint_blobs
    ADD CONSTRAINT checkpoint_blobs_pkey PRIMARY KEY (thread_id, checkpoint_ns, channel, version);

ALTER TABLE ONLY public.checkpoint_migrations
    ADD CONSTRAINT checkpoint_migrations_pkey PRIMARY KEY (v);

ALTER TABLE ONLY public.checkpoint_writes
    ADD CONSTRAINT checkpoint_writes_pkey PRIMARY KEY (thread_id, checkpoint_ns, checkpoint_id, task_id, idx);

ALTER TABLE ONLY public.checkpoints
    ADD CONSTRAINT checkpoints_pkey PRIMARY KEY (thread_id, checkpoint_ns, checkpoint_id);

ALTER TABLE ONLY public.orchestrator_continued
    ADD CONSTRAINT orchestrator_continued_pkey PRIMARY KEY (name, seq);

ALTER TABLE ONLY public.orchestrator_continued
    ADD CONSTRAINT orchestrator_continued_root_key UNIQUE (root);

ALTER TABLE ONLY public.orchestrator_holds
    ADD CONSTRAINT orchestrator_holds_pkey PRIMARY KEY (workflow_id);

ALTER TABLE ONLY public.orchestrator_leases
    ADD CONSTRAINT orchestrator_leases_pkey PRIMARY KEY (thread_id);

ALTER TABLE ONLY public.orchestrator_values
    ADD CONSTRAINT orchestrator_values_pkey PRIMARY KEY (key);

ALTER TABLE ONLY public.store_migrations
    ADD CONSTRAINT store_migrations_pkey PRIMARY KEY (v);

ALTER TABLE ONLY public.store
    ADD CONSTRAINT store_pkey PRIMARY KEY (prefix, key);

CREATE INDEX checkpoint_blobs_thread_id_idx ON public.checkpoint_blobs USING btree (thread_id);

CREATE INDEX checkpoint_writes_thread_id_idx ON public.checkpoint_writes USING btree (thread_id);

CREATE INDEX checkpoints_thread_id_idx ON public.checkpoints USING btree (thread_id);

CREATE INDEX idx_store_expires_at ON public.store USING btree (expires_at) WHERE (expires_at IS NOT NULL);

CREATE INDEX orchestrator_leases_thread ON public.orchestrator_leases USING btree (thread_id text_pattern_ops);

CREATE INDEX orchestrator_values_key ON public.orchestrator_values USING btree (key text_pattern_ops);

CREATE INDEX store_prefix_idx ON public.store USING btree (prefix text_pattern_ops);

