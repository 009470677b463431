/** Generated from openapi.yaml by `npm run types`. */

export interface paths {
    "/.well-known/jwks.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The keys that verify access tokens (RFC 7517). */
        get: operations["jwks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The process answers. */
        get: operations["healthz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Figures for Prometheus (text format 0.0.4). */
        get: operations["metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The database answers too. */
        get: operations["readyz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/access-log": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The access log, the oldest entry first. */
        get: operations["access_log"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/appointments/{id}/end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End an appointment. */
        post: operations["end_appointment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/activate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Spend a one-time activation code: set the password and sign in. Every other sign-in of the member ends. */
        post: operations["activate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Exchange a refresh token, once, for a new pair.
         * @description A second exchange revokes the whole sign-in, except within a minute as long as the first answer's tokens
         *     were not used: it was lost on the way.
         */
        post: operations["refresh"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/sign-in": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign in with number and password.
         * @description Administrators add a TOTP code; one who has none yet gets a token that only serves to set it up. After an
         *     appointment has ended the token only serves to deliver what is pending (`push_only`).
         */
        post: operations["sign_in"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/sign-out": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End this sign-in. Its access token runs out by itself within minutes. */
        post: operations["sign_out"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/totp": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begin to set up TOTP: a new secret for an authenticator app. Not in force until confirmed. */
        post: operations["begin_totp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/totp/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Confirm TOTP with a first code. From now on each sign-in needs one. */
        post: operations["confirm_totp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/blobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begin an upload, with its first bytes or all of them if you like. See docs/PROTOCOL.md, section 11. */
        post: operations["create_upload"];
        delete?: never;
        /** What this server speaks. */
        options: operations["abilities"];
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/blobs/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Which blobs the caller has delivered, and which of them are in a verified backup. */
        post: operations["blob_status"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/blobs/uploads/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** PATCH, HEAD or DELETE for clients that cannot send them: X-HTTP-Method-Override names the method. */
        post: operations["override_method"];
        /** End an upload and throw away what came of it. A blob that was admitted stays. */
        delete: operations["end_upload"];
        options?: never;
        /** How far an upload is. */
        head: operations["look_at_upload"];
        /** Bytes of an upload, from where it is. */
        patch: operations["append_to_upload"];
        trace?: never;
    };
    "/v1/blobs/{sha256}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A blob's bytes, whole or one range of them. */
        get: operations["blob_bytes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        /** What a GET would answer, without the bytes. */
        head: operations["blob_head"];
        patch?: never;
        trace?: never;
    };
    "/v1/blobs/{sha256}/thumbnail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A photo as a JPEG that fits into a square, turned as its EXIF says. A smaller photo keeps its size. */
        get: operations["thumbnail"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/catalog": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The catalogue of record kinds: fields, who reads and writes, workflow, wording. */
        get: operations["catalog"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/config": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Limits, generation, keys, the server's clock. */
        get: operations["config"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/deadlines": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Deadlines of the records that the caller reads, the first due first.
         * @description Who reads a record and all fields that a deadline is told from knows of the deadline. What was pushed a moment ago
         *     may take a second to show.
         */
        get: operations["deadlines"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/devices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A member's devices, the oldest first. */
        get: operations["list_devices"];
        put?: never;
        /** Enrol a device with its public key. The same id, key and member again answers 200. */
        post: operations["enrol_device"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/devices/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revoke a device, one's own or, as a system administrator, any. What it pushes later is kept without effect. */
        delete: operations["revoke_device"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/devices/{id}/chain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The stored chain hashes of one's own device: for finding where two histories part. */
        get: operations["chain"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/directory": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The units and members in the caller's scope, for choice lists that work offline. */
        get: operations["directory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/draws": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Draw two observers and two substitutes for a request that was pushed. A second call answers the same draw. */
        post: operations["draw_observers"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/draws/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A draw with everything that it was made from, for whoever reads whom it excluded. */
        get: operations["one_draw"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Server-sent events (HTML Living Standard, section 9.2): `event: unit`, `data: {"unit": …, "pos": …}` when a
         *     unit of the caller's scope has moved, `event: all` when some moves were missed. A hint only.
         */
        get: operations["events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/exports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A report, records, hours or deadlines as CSV or XLSX, as far as the caller may read them.
         * @description It is written into the access log, with its purpose, before its first byte is sent. Numbers about one or two people
         *     are hidden in reports.
         */
        post: operations["export"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/figures": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What each figure counts, in which unit, and which reports were issued. */
        get: operations["figure_definitions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/figures/{month}/issue": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Issues the report of a month that is over; again, it answers the same bytes.
         * @description What is written for the month later goes to the next report as late and never changes this one.
         */
        post: operations["issue_report"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/figures/{month}/issued": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The issued report of a month, byte for byte as it was issued; the ETag is its SHA-256. */
        get: operations["issued_report"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/figures/{period}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The figures of a month or a year as of now, or of one unit as they were issued.
         * @description Rates have two numbers, `top` and `bottom`; hours are minutes. What was pushed a moment ago may take a second to count.
         */
        get: operations["figures"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/figures/{period}/{figure}/rows": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the upper number of a figure counts: the records, or the sessions of postings. */
        get: operations["figure_rows"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/findings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Findings that the caller may see: open ones the oldest first, closed ones the latest first.
         * @description Who reads a record sees its findings; what was refused and which devices are in doubt is shown at the desk. A finding
         *     about two records is shown to who reads one of them. What was pushed a moment ago may take a second to show.
         */
        get: operations["findings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/findings/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A finding with all that is needed to decide it.
         * @description Its records are laid open as far as the caller reads them: the values that stand beside each other with who wrote
         *     each, with which device, when, where and having seen what; the photos; the history. What it discloses of sensitive
         *     fields is written down in the access log.
         */
        get: operations["finding"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/forms/draft": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a new evaluation form of an arrangement says, from the sessions that are posted now. */
        get: operations["form_draft"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/forms/{id}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A form with all that it takes to check it offline (`wuyuan verify FORM`): the texts of its operations, its postings, and
         *     the proofs that they are sealed. For whoever reads every field of it; each export is written down.
         */
        get: operations["form_export"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/forms/{id}/page": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A form as one page of HTML for printing on A4: it loads nothing and runs nothing. Every reading is written down. */
        get: operations["form_page"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/hours": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Sums of hours: what is confirmed, and apart from it what is pending and why. The two ledgers are never added together.
         *     Everybody reads his own; leaders their units', area managers the figures of theirs.
         */
        get: operations["hours_totals"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/hours/claims": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Hours that are claimed and not in the ledger, each with what it waits for. */
        get: operations["hours_claims"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/hours/postings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The postings that hours are the sum of, each with the operations that it stands on. */
        get: operations["hours_postings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/imports/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Import members and appointments: `number,name,role,unit,starts,ends`, days as YYYY-MM-DD, both included.
         *     All or nothing; the problem's `rows` name each wrong cell. New members' activation codes are in the answer.
         */
        post: operations["import_members"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/imports/units": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Import units: `code,name,level,parent`. All or nothing; the problem's `rows` name each wrong cell. */
        post: operations["import_units"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/journal": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The journal, the oldest entry first. */
        get: operations["journal"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/log/checkpoint": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The newest signed checkpoint (C2SP tlog-checkpoint). */
        get: operations["log_checkpoint"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/log/origins": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every log of this server: after a restore a new one goes on, whose first leaf names the one before. */
        get: operations["log_origins"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/log/proof/consistency": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The proof that the log only grew. */
        get: operations["log_consistency"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/log/proof/inclusion": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The proof that something is sealed. An operation's is for who may see it. */
        get: operations["log_inclusion"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/log/tile/entries/{index}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A bundle of up to 256 leaves (C2SP tlog-tiles), for auditors. */
        get: operations["log_entries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/log/tile/{level}/{index}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A tile of up to 256 hashes (C2SP tlog-tiles). */
        get: operations["log_tile"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The caller, with all appointments. */
        get: operations["me"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Members by number, page by page. */
        get: operations["list_members"];
        put?: never;
        /** Add a member. */
        post: operations["create_member"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/members/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One member. */
        get: operations["get_member"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Give a member another name. */
        patch: operations["change_member"];
        trace?: never;
    };
    "/v1/members/{id}/activation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Issue a one-time activation code, for a first sign-in or a lost password. An earlier one is void. */
        post: operations["issue_activation_code"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/members/{id}/appointments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Appoint a member. */
        post: operations["create_appointment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/members/{id}/totp": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Forget another member's TOTP, so that it is set up anew. */
        delete: operations["reset_totp"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ops": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What is held or quarantined in the units where the caller sits at the desk, the newest first. */
        get: operations["refused"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ops/{device}/{seq}/release": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Lets a held operation go, what it saw and does not exist being cut from its `seen`. */
        post: operations["release"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/records/{id}/blobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A record's photos, voice notes and documents: which have arrived, and what is known of each. Only of fields that the
         *     caller reads.
         */
        get: operations["record_blobs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/records/{id}/evidence": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The same as a 电子数据清单 (list of electronic data): CSV in UTF-8 with headings in Chinese and English, a line for
         *     each delivery and for each blob that has not arrived. Every export is written down in the access log.
         */
        get: operations["record_evidence"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/records/{id}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A record's operations in the order of the log, fields left out that the caller may not read. */
        get: operations["history"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/rules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The rules that make findings: their wording, how much they matter, and their limits with the dates from which they
         *     are in force.
         */
        get: operations["rules"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sync": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Push what is pending, learn verdicts, pull what is new. See docs/PROTOCOL.md. */
        post: operations["sync"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description A reading of sensitive fields, or an export. */
        AccessEntry: {
            /**
             * Format: int64
             * @description When, ms since 1970-01-01T00:00:00Z.
             */
            at_ms: number;
            /**
             * Format: uuid
             * @description With which device.
             */
            device?: string | null;
            /** @description Which fields. */
            fields: string[];
            /**
             * Format: uuid
             * @description Id; in order of time.
             */
            id: string;
            /** @description Which kind of record. */
            kind: string;
            /**
             * Format: uuid
             * @description Who read.
             */
            member: string;
            /** @description Of an export: what for. */
            purpose?: string | null;
            /**
             * Format: int64
             * @description How many records; of an export, how many rows.
             */
            records: number;
            /** @description Of which unit. */
            unit: string;
        };
        /** @description A one-time activation code and the password to be. */
        Activation: {
            /**
             * @description The activation code, hyphens and case as one likes.
             * @example 7KQ2-M4XD-9TRA
             */
            code: string;
            /** @description The member's number. */
            number: string;
            /** @description The password from now on: 10 to 128 characters that do not contain the number. */
            password: string;
        };
        /** @description A one-time activation code. */
        ActivationCode: {
            /**
             * @description The code, shown this once.
             * @example 7KQ2-M4XD-9TRA
             */
            code: string;
        };
        /** @description How many findings are how old. */
        AgeCounts: {
            /**
             * Format: int64
             * @description 30 days ago or earlier.
             */
            older: number;
            /**
             * Format: int64
             * @description 7 to 30 days ago.
             */
            under_30_days: number;
            /**
             * Format: int64
             * @description Opened less than 3 days ago.
             */
            under_3_days: number;
            /**
             * Format: int64
             * @description 3 to 7 days ago.
             */
            under_7_days: number;
        };
        /** @description The end of an appointment. */
        AppointmentEnd: {
            /**
             * Format: int64
             * @description First moment after it, ms since 1970-01-01T00:00:00Z, not in the past; absent: now.
             */
            ends_ms?: number | null;
        };
        /** @description An appointment. */
        AppointmentView: {
            /**
             * Format: int64
             * @description First moment after it, ms; null: open.
             */
            ends_ms?: number | null;
            /**
             * Format: uuid
             * @description Id.
             */
            id: string;
            /**
             * @description Role code.
             * @example volunteer
             */
            role: string;
            /**
             * Format: int64
             * @description First moment, ms since 1970-01-01T00:00:00Z.
             */
            starts_ms: number;
            /**
             * @description Unit code; the appointment covers the units below too.
             * @example 350111001026
             */
            unit: string;
        };
        /** @description A blob that arrived. */
        Arrived: {
            /**
             * Format: int64
             * @description How many bytes.
             */
            bytes: number;
            /** @description Who delivered it, the earliest first. */
            deliveries: components["schemas"]["Delivery"][];
            /** @description Whether EXIF and likeness were looked for yet. */
            examined: boolean;
            exif?: components["schemas"]["Exif"] | null;
            /** @description A perceptual hash, 16 hexadecimal digits: pictures that look alike differ in few of its bits. */
            likeness?: string | null;
            /** @description The media type, found out from the bytes. */
            media: string;
            /** @description SM3 of the bytes (GB/T 32905), 64 hexadecimal digits. */
            sm3: string;
        };
        /** @description One of several values that stand beside each other, and the operation that wrote it. */
        Beside: {
            /**
             * Format: int64
             * @description By how many milliseconds the phone's clock was ahead of that estimate; absent with it.
             */
            ahead?: number | null;
            /**
             * Format: int64
             * @description First arrival, milliseconds since 1970.
             */
            arrival: number;
            /**
             * Format: int64
             * @description When it was written by the phone's clock, milliseconds since 1970.
             */
            at: number;
            /**
             * Format: uuid
             * @description Its author.
             */
            by: string;
            /**
             * Format: uuid
             * @description The operation's device.
             */
            device: string;
            /** @description The register; `state` is the record's state. */
            field: string;
            /** @description The last place that the same device put on the record until then, by the field's name. */
            place: Record<string, never>;
            /** @description The author's reason. */
            reason?: string | null;
            /** @description What its author had seen of the record. */
            seen: {
                [key: string]: number;
            };
            /** @description Its number. */
            seq: components["schemas"]["u64"];
            /** @description The value. */
            value: Record<string, never>;
            /**
             * Format: int64
             * @description When it was written, by the best estimate; absent when that cannot be known.
             */
            written?: number | null;
        };
        /** @description A blob, as far as the caller is concerned. */
        BlobLine: {
            /** @description SHA-256. */
            sha256: string;
            /** @description How it stands. */
            state: components["schemas"]["BlobState"];
        };
        /** @description Blobs to be told of. */
        BlobQuestion: {
            /** @description Their SHA-256, 64 lower-case hexadecimal digits each. */
            hashes: components["schemas"]["HashText"][];
        };
        /**
         * @description How a blob stands.
         * @enum {string}
         */
        BlobState: "absent" | "received" | "durable";
        /** @description The answer. */
        BlobStates: {
            /** @description A line per hash, in the order asked. */
            blobs: components["schemas"]["BlobLine"][];
        };
        /** @description A part of a figure. */
        Cell: {
            /** @description The sort, or the unit's code. */
            key: string;
            /** @description Its number in the period. */
            number: components["schemas"]["Number"];
        };
        /** @description A part of a feed's chain. */
        Chain: {
            /** @description Number and chain hash of each operation. */
            chain: components["schemas"]["Head"][];
        };
        /** @description Hours that are claimed and not in the ledger. */
        ClaimLine: {
            /** @description The session's day in China, if it is settled. */
            day?: string | null;
            /** @description The session's kind. */
            kind: string;
            /** @description The ledger to which they would be posted. */
            ledger: string;
            /**
             * Format: uuid
             * @description Whose they would be, in the volunteer ledger.
             */
            member?: string | null;
            /**
             * Format: int64
             * @description Minutes.
             */
            minutes: number;
            /**
             * Format: uuid
             * @description The session.
             */
            session: string;
            /**
             * Format: uuid
             * @description Whose they would be, in the ledger of social service.
             */
            subject?: string | null;
            /** @description The session's unit. */
            unit: string;
            /** @description What they wait for. */
            waits: components["schemas"]["WaitsFor"][];
        };
        /** @description A page of claims. */
        Claims: {
            /** @description In the order of their sessions' ids. */
            claims: components["schemas"]["ClaimLine"][];
            /** @description `after` of the next page; absent: there is none. */
            next?: string | null;
            /**
             * Format: int64
             * @description The number of the last posting that the caller may see.
             */
            position: number;
        };
        /** @description What this server is and allows. */
        Config: {
            /**
             * Format: int64
             * @description For how many seconds an access token serves.
             */
            access_token_secs: number;
            /** @description Media types of blobs that are taken. */
            blob_media: string[];
            /**
             * Format: int32
             * @description The newest catalogue version.
             */
            catalog: number;
            /**
             * Format: int64
             * @description How often an event stream says that it is alive, in seconds.
             */
            events_interval_secs: number;
            /** @description The random name of this server's history. Another one than last time: the server was restored. */
            generation: string;
            /** @description Every limit; bytes of a body count after inflation unless the name says otherwise. */
            limits: components["schemas"]["Limits"];
            /** @description The key of the transparency log that grows, with its origin (C2SP signed-note). */
            log_vkey: string;
            /**
             * Format: int64
             * @description For how many days an ended member may deliver what is pending.
             */
            push_only_days: number;
            /** @description The keys that verify receipts. */
            receipt_keys: components["schemas"]["ReceiptKey"][];
            /**
             * Format: int64
             * @description The server's clock, ms since 1970-01-01T00:00:00Z.
             */
            server_time: number;
        };
        /** @description What is in the ledger. */
        Confirmed: {
            /**
             * Format: int64
             * @description Minutes.
             */
            minutes: number;
            /**
             * Format: int64
             * @description Of how many postings, reversals included.
             */
            postings: number;
        };
        /** @description That a log only grew. */
        ConsistencyProof: {
            /**
             * Format: int64
             * @description The earlier size.
             */
            from: number;
            /** @description The log's origin. */
            origin: string;
            /** @description The proof (RFC 9162 section 2.1.4), each hash 64 hexadecimal digits. */
            proof: string[];
            /**
             * Format: int64
             * @description The later size.
             */
            to: number;
        };
        /** @description A feed that is continued. */
        Continued: {
            /**
             * Format: uuid
             * @description Its device.
             */
            device: string;
            /** @description Its head as far as the client knows: SHA-256, 64 lower-case hexadecimal digits. */
            head_hash: string;
        };
        /** @description A figure, counted. */
        Counted: {
            /** @description What happened, broken down. */
            by?: components["schemas"]["Cell"][];
            /** @description Which. */
            code: string;
            committed?: components["schemas"]["Number"] | null;
            /** @description What happened in the period, or what there is at its end. */
            happened: components["schemas"]["Number"];
            late?: components["schemas"]["Number"] | null;
            /**
             * Format: int64
             * @description Everything up to the end of the period: the total of the report before, what is late, and what happened.
             */
            total?: number | null;
        };
        /** @description A page of the board. */
        DeadlineBoard: {
            /** @description The same by colour. */
            bands: {
                [key: string]: number;
            };
            /** @description What is not met in the units and of the kind asked about, by code, whatever page and state. */
            counts: {
                [key: string]: components["schemas"]["DeadlineCount"];
            };
            /** @description The deadlines, the first due first. */
            deadlines: components["schemas"]["DeadlineLine"][];
            /** @description Where the next page begins; absent on the last. */
            next?: string | null;
            /** @description What the codes mean. */
            rules: components["schemas"]["DeadlineRule"][];
            /**
             * Format: date
             * @description Today, in China.
             */
            today: string;
        };
        /** @description How many of one deadline are not met. */
        DeadlineCount: {
            /**
             * Format: int64
             * @description Shown amber.
             */
            amber: number;
            /**
             * Format: int64
             * @description Shown green.
             */
            green: number;
            /**
             * Format: int64
             * @description All of them.
             */
            open: number;
            /**
             * Format: int64
             * @description Those that are over.
             */
            overdue: number;
            /**
             * Format: int64
             * @description Shown red: over, or few days are left.
             */
            red: number;
        };
        /** @description A deadline of a record. */
        DeadlineLine: {
            /** @description `red`, `amber` or `green`; absent when it is met. */
            band?: string | null;
            /** @description `official`, or `provisional`: a year whose holidays are not known was counted by weekends alone. */
            calendar: string;
            /** @description Which deadline; `rules` says more of it. */
            code: string;
            /**
             * Format: int64
             * @description Days left; negative: days over. Absent when it is met.
             */
            days_left?: number | null;
            /**
             * Format: date
             * @description The last day.
             */
            due: string;
            /** @description The record's kind. */
            kind: string;
            /**
             * Format: date
             * @description When it was met.
             */
            met?: string | null;
            /**
             * Format: uuid
             * @description The record.
             */
            record: string;
            /**
             * Format: date
             * @description The day that does not count; where the due day is entered, that one.
             */
            start: string;
            /** @description How it stands today. */
            state: components["schemas"]["DeadlineState"];
            /** @description The record's unit. */
            unit: string;
        };
        /** @description A deadline, as it holds for what begins today. */
        DeadlineRule: {
            /** @description Its code. */
            code: string;
            /** @description The law that gives it. */
            law: Record<string, never>;
            /** @description What people call it. */
            name: Record<string, never>;
        };
        /**
         * @description How a deadline stands.
         * @enum {string}
         */
        DeadlineState: "open" | "met" | "missed";
        /** @description What people decided about findings by an operation on the record. */
        DecisionView: {
            /**
             * Format: int64
             * @description When, milliseconds since 1970.
             */
            at: number;
            /**
             * Format: uuid
             * @description Who decided.
             */
            by: string;
            /** @description The conclusion's code. */
            conclusion: string;
            /** @description Device and number of the operation. */
            dot: unknown[];
            /** @description The codes of the findings. */
            findings: string[];
            /**
             * Format: uuid
             * @description Who proposed it, where that took two.
             */
            proposed_by?: string | null;
            /** @description Why. */
            reason?: string | null;
        };
        /** @description A delivery, and what the deliverer says of it. */
        Delivery: {
            /**
             * Format: uuid
             * @description The member.
             */
            by: string;
            /** @description When it was captured, RFC 3339, as he says. */
            captured?: string | null;
            /**
             * Format: uuid
             * @description With which device, as he says.
             */
            device?: string | null;
            /** @description When it was hashed, RFC 3339, as he says. */
            hashed?: string | null;
            /**
             * Format: int64
             * @description When the server had all of it, ms since 1970-01-01T00:00:00Z.
             */
            received_ms: number;
            /** @description `camera` or `album`, as he says. */
            source?: string | null;
        };
        /** @description A device. */
        DeviceView: {
            /** @description Why its feed takes no more operations, such as `forked`. */
            closed?: string | null;
            /**
             * Format: int64
             * @description Enrolled at, ms since 1970-01-01T00:00:00Z.
             */
            enrolled_ms: number;
            /** @description Its feed as stored. */
            head: components["schemas"]["Head"];
            /**
             * Format: uuid
             * @description Id.
             */
            id: string;
            /** @description Where it keeps its key. */
            key_storage: string;
            /** @description What its holder calls it. */
            label: string;
            /**
             * Format: uuid
             * @description Its member.
             */
            member: string;
            /** @description Its public key, unpadded base64url. */
            public_key: string;
            /**
             * Format: int64
             * @description Revoked at, ms.
             */
            revoked_ms?: number | null;
            /** @description The signature suite of its key. */
            suite: string;
        };
        /** @description What a caller may choose from. */
        Directory: {
            /** @description Members appointed in these units at the moment, by number. */
            members: components["schemas"]["MemberEntry"][];
            /** @description Units in scope, and those above them for orientation. */
            units: components["schemas"]["UnitEntry"][];
        };
        /** @description A draft: the values with which a form is begun. */
        Draft: {
            /** @description Its SHA-256, hexadecimal. */
            list_hash: string;
            /** @description How many sessions of the arrangement are not posted. */
            not_posted: number;
            /** @description What the observers' attestations say in sum, as far as the reader reads them. */
            observers_opinion?: string | null;
            /**
             * Format: uuid
             * @description The arrangement.
             */
            order: string;
            /** @description First day: the arrangement's, or that of an earlier session. */
            period_from: string;
            /** @description Last day: the arrangement's, or that of a later session. */
            period_until: string;
            /**
             * Format: uuid
             * @description The newest form that was issued for the arrangement, if there is one: the new one names it in `replaces`.
             */
            replaces?: string | null;
            /** @description The list of sessions, which is frozen when the form is issued. */
            sessions: string;
            /**
             * Format: uuid
             * @description Who served.
             */
            subject: string;
            /**
             * Format: int64
             * @description Minutes in all.
             */
            total_minutes: number;
        };
        /** @description The operation that asked for a draw. */
        DrawAsked: {
            /**
             * Format: int64
             * @description When it arrived, ms since 1970-01-01T00:00:00Z.
             */
            arrival: number;
            /**
             * Format: uuid
             * @description Its device.
             */
            device: string;
            /**
             * Format: int64
             * @description Its number.
             */
            seq: number;
            /** @description Its text. */
            text: string;
        };
        /** @description A draw with everything that it was made from. docs/PROTOCOL.md, section 13, says how it is worked out again. */
        DrawProof: {
            /** @description The server's signature over the request, base64url without padding. */
            beacon: string;
            /** @description The signed checkpoint that it names. */
            checkpoint: string;
            /** @description What came out. */
            drawn: components["schemas"]["DrawResult"];
            /**
             * Format: int64
             * @description When it was worked out, ms since 1970-01-01T00:00:00Z.
             */
            drawn_ms: number;
            /**
             * Format: int64
             * @description Which draw for it this is, from 1.
             */
            number: number;
            /**
             * Format: uuid
             * @description The arrangement to be observed.
             */
            order: string;
            /** @description The unit whose volunteers stand on the roster. */
            pool: string;
            /** @description The key of that signature, base64url without padding: the receipts' key of `GET /v1/config`. */
            public_key: string;
            /**
             * Format: uuid
             * @description The record that asked for it; its id is the draw's.
             */
            record: string;
            /** @description The operation that asked. */
            request: components["schemas"]["DrawAsked"];
            /** @description Everybody who might have been drawn, and why some were not. */
            roster: string;
        };
        /** @description Which request to draw for. */
        DrawRequest: {
            /**
             * Format: uuid
             * @description The record that asks, of the kind `observer_draw`.
             */
            record: string;
        };
        /** @description What came out of a draw. */
        DrawResult: {
            /** @description Who observes: two members. */
            observers: string[];
            /**
             * Format: int64
             * @description How many could be drawn.
             */
            pool_size: number;
            /** @description SHA-256 of the roster's text, hexadecimal. */
            roster_hash: string;
            /** @description The seed, hexadecimal. */
            seed: string;
            /** @description Who takes an observer's place, in this order: up to two members. */
            substitutes: string[];
        };
        /** @description A receipt as the phone kept it. */
        EarlierReceipt: {
            /** @description Which of the server's keys signed it. */
            key: string;
            /** @description The signature, base64url without padding. */
            sig: string;
            /** @description The text that was signed. */
            text: string;
        };
        /** @description What was found. What is missing was not said, or cannot be read. */
        Exif: {
            /**
             * Format: int32
             * @description How many pixels high.
             * @default null
             */
            height: number | null;
            /**
             * @description The camera's maker.
             * @default null
             */
            make: string | null;
            /**
             * @description The camera's model.
             * @default null
             */
            model: string | null;
            /**
             * Format: int32
             * @description How it is to be turned: 1 to 8, as EXIF numbers it.
             * @default null
             */
            orientation: number | null;
            /** @default null */
            position: components["schemas"]["ExifPosition"] | null;
            /**
             * @description The program that wrote it last.
             * @default null
             */
            software: string | null;
            /**
             * @description When the camera says it was taken, `YYYY-MM-DDThh:mm:ss` by its own clock, with an offset only if it names one.
             * @default null
             */
            taken: string | null;
            /**
             * Format: int32
             * @description How many pixels wide the picture is as stored, before it is turned.
             * @default null
             */
            width: number | null;
        };
        /** @description A position as written. */
        ExifPosition: {
            /**
             * Format: double
             * @description Metres above the sea.
             */
            altitude_m?: number | null;
            /** @description The datum that the picture claims. */
            claimed_datum?: string | null;
            /** @description Always `unknown`: phones write positions of GCJ-02 and of WGS-84 alike. */
            datum: string;
            /**
             * Format: double
             * @description Degrees north.
             */
            lat: number;
            /**
             * Format: double
             * @description Degrees east.
             */
            lng: number;
        };
        /**
         * @description As which kind of file.
         * @enum {string}
         */
        ExportFormat: "csv" | "xlsx";
        /** @description An export that somebody asks for. */
        ExportRequest: {
            /** @description As which kind of file. */
            format: components["schemas"]["ExportFormat"];
            /** @description For a report: as it was issued. */
            issued?: boolean;
            /** @description For records: of which kind. */
            kind?: string | null;
            ledger?: components["schemas"]["InLedger"] | null;
            /** @description For a report and for hours: `YYYY-MM` or `YYYY`. */
            period?: string | null;
            /** @description What for, in 4 to 200 characters: it stands in the access log. */
            purpose: string;
            /** @description For records: sensitive fields too. They are left out unless they are asked for. */
            sensitive?: boolean;
            state?: components["schemas"]["DeadlineState"] | null;
            /** @description Of this unit and those below it; absent: of all that the caller may. */
            unit?: string | null;
            /** @description What is exported. */
            what: components["schemas"]["ExportWhat"];
        };
        /**
         * @description What is exported.
         * @enum {string}
         */
        ExportWhat: "report" | "records" | "hours" | "deadlines";
        /** @description An exported form. */
        Exported: {
            /**
             * Format: uuid
             * @description The form's record.
             */
            form: string;
            /**
             * Format: int32
             * @description 1.
             */
            format: number;
            /** @description The form's hash, as it is printed, hexadecimal. */
            hash: string;
            /** @description The logs in which something of it is sealed: nearly always one. */
            logs: components["schemas"]["LogHead"][];
            /** @description The accepted operations on the form's record, in the order of the unit's log. */
            ops: components["schemas"]["SealedOp"][];
            /** @description The postings that the form lists, in its order. */
            postings: components["schemas"]["SealedPosting"][];
        };
        /** @description A device's feed as the server has it. */
        FeedState: {
            /** @description The feed takes no more operations: enrol a new device. */
            closed: boolean;
            /**
             * Format: int64
             * @description The last operation that the last verified backup contains.
             */
            durable_seq: number;
            /** @description The last stored operation. */
            head: components["schemas"]["Head"];
        };
        /** @description A field's values. */
        FieldView: components["schemas"]["ValueView"][] | {
            /** @description Its elements. */
            items: components["schemas"]["ItemView"][];
        };
        /** @description What the figures mean and which reports were issued. */
        FigureList: {
            /** @description Every table and figure: its code, its unit, and what exactly it counts. */
            definitions: Record<string, never>;
            /** @description Issued reports, the newest first. */
            issued: components["schemas"]["IssuedLine"][];
        };
        /** @description What a figure counts. */
        FigureRow: {
            /**
             * Format: date
             * @description When it happened.
             */
            day: string;
            /**
             * Format: int64
             * @description Its place in the order of facts, or of postings.
             */
            number: number;
            /**
             * Format: uuid
             * @description The record; of a posting, the session.
             */
            record: string;
            /** @description Of which sort, words joined by `|`. */
            sort: string;
            /** @description Its unit. */
            unit: string;
            /**
             * Format: int64
             * @description How much; negative where an earlier row is taken back.
             */
            value: number;
        };
        /** @description A page of what a figure counts. */
        FigureRows: {
            /** @description Rows of this page of kinds that the caller does not read, or of sealed records. */
            hidden: number;
            /**
             * Format: int64
             * @description Where the next page begins; absent on the last.
             */
            next?: number | null;
            /** @description The rows. */
            rows: components["schemas"]["FigureRow"][];
        };
        /** @description A finding with all that is needed to decide it. */
        FindingCase: {
            /** @description Earlier decisions about it, the latest first. */
            decisions: components["schemas"]["FindingDecision"][];
            /** @description The finding. */
            finding: components["schemas"]["FindingLine"];
            /** @description Further records that take part: too many to lay them open here. */
            further: string[];
            op?: components["schemas"]["OpLine"] | null;
            /** @description The records that take part, laid open, its own first. */
            records: components["schemas"]["FindingRecord"][];
            saw?: components["schemas"]["FindingSaw"] | null;
        };
        /** @description How many findings there are. */
        FindingCounts: {
            /** @description By age since they were first opened. */
            ages: components["schemas"]["AgeCounts"];
            /**
             * Format: int64
             * @description All of them.
             */
            all: number;
            /** @description By rule. */
            rules: {
                [key: string]: number;
            };
            /** @description By unit. Those of no unit of the caller's are in none. */
            units: {
                [key: string]: number;
            };
        };
        /** @description An earlier decision. */
        FindingDecision: {
            /**
             * Format: int64
             * @description When, ms since 1970-01-01T00:00:00Z.
             */
            at: number;
            /**
             * Format: uuid
             * @description Who decided.
             */
            by: string;
            /** @description How: `keep_one`, `merge_fields`, `keep_both`, `link`, `return`, `void`, `reissue` or `dismiss`. */
            conclusion: string;
            /**
             * Format: uuid
             * @description The operation: its device.
             */
            device: string;
            /** @description Why; absent where the caller does not read the record on which it was written. */
            reason?: string | null;
            /**
             * Format: int64
             * @description Its number.
             */
            seq: number;
            /** @description Whether the finding still stands on what was decided on. */
            stands: boolean;
        };
        /** @description A finding. */
        FindingLine: {
            /** @description What it stands on, 64 hexadecimal digits: a decision names it, and is refused when it has moved. */
            basis: string;
            /** @description While it is open, the session's hours are not posted. */
            blocks_posting: boolean;
            /**
             * Format: int64
             * @description When it was closed; absent while it is open.
             */
            closed_ms?: number | null;
            /** @description `gone`: its cause is; `decided`: somebody decided. */
            closed_why?: string | null;
            /**
             * Format: int64
             * @description Whole days since then.
             */
            days: number;
            /**
             * Format: uuid
             * @description The device, of a finding about a device or one of its operations.
             */
            device?: string | null;
            /** @description A record takes part that the caller does not read: somebody who reads both has to decide. */
            hidden?: boolean;
            /** @description Its id, 32 hexadecimal digits: the same cause has the same id whenever it returns. */
            id: string;
            /** @description The record's kind. */
            kind?: string | null;
            /**
             * Format: uuid
             * @description The other record, of a finding about two; absent where the caller does not read it.
             */
            neighbour?: string | null;
            /**
             * Format: int64
             * @description When it was first opened, ms since 1970-01-01T00:00:00Z.
             */
            opened_ms: number;
            /**
             * Format: uuid
             * @description The record; absent where it is about none, or the caller does not read it.
             */
            record?: string | null;
            /** @description The rule that made it; `GET /v1/rules` has the wording. */
            rule: string;
            /**
             * Format: int64
             * @description The operation's number in the device's feed.
             */
            seq?: number | null;
            /** @description `low`, `medium` or `high`. */
            severity: string;
            /** @description Its unit; absent where it has none, or the caller no role there. */
            unit?: string | null;
        };
        /** @description A page of findings. */
        FindingPage: {
            counts?: components["schemas"]["FindingCounts"] | null;
            /** @description The findings. */
            findings: components["schemas"]["FindingLine"][];
            /** @description Where the next page begins; absent on the last. */
            next?: string | null;
        };
        /** @description A record that takes part. */
        FindingRecord: {
            /** @description The values that stand beside each other, each with the operation that wrote it. */
            beside: components["schemas"]["Beside"][];
            /** @description Its latest operations, in the order of the log. */
            history: components["schemas"]["OpLine"][];
            /** @description There are earlier ones: `GET /v1/records/{id}/history`. */
            more_history: boolean;
            /** @description Its photos, voice notes and documents. */
            photos: components["schemas"]["RecordBlob"][];
            /** @description The record as a pull shows it, with the proposals that wait. */
            record: components["schemas"]["RecordView"];
        };
        /** @description What a rule saw. */
        FindingSaw: {
            /** @description Figures; empty where a record takes part that the caller does not read. */
            figures: Record<string, never>;
            /** @description The limits that applied. */
            limits: Record<string, never>;
            /** @description What it saw of each record that the caller reads, by the record's id. */
            sides: Record<string, never>;
        };
        /** @description SHA-256, 64 lower-case hexadecimal digits. */
        HashText: string;
        /** @description A place in a feed. */
        Head: {
            /** @description The chain's hash after it, 64 lower-case hexadecimal digits. */
            hash: string;
            /**
             * Format: int64
             * @description The number of the last operation; 0 before the first.
             */
            seq: number;
        };
        /** @description A sum. */
        HoursTotal: {
            /** @description What is in the ledger. */
            confirmed: components["schemas"]["Confirmed"];
            /** @description A member's id, or in the ledger of social service a subject's; a unit, kind, day or month. Null: not settled yet. */
            key?: string | null;
            /** @description `volunteer` or `social_service`. The two are never added together. */
            ledger: string;
            /** @description What is claimed and not in the ledger. */
            pending: components["schemas"]["Pending"];
        };
        /** @description Sums of the hours ledger. */
        HoursTotals: {
            /** @description There are more lines than one answer holds; ask for fewer units or days. */
            more: boolean;
            /**
             * Format: int64
             * @description The number of the last posting that the caller may see.
             */
            position: number;
            /** @description A line for each ledger and whatever they are summed by. */
            totals: components["schemas"]["HoursTotal"][];
        };
        /** @description What an import of members did. */
        ImportedMembers: {
            /** @description New appointments. */
            appointments: number;
            /** @description An activation code for each new member. They are shown this once. */
            codes: components["schemas"]["MemberCode"][];
            /** @description New members. */
            created: number;
            /** @description Appointments that existed. */
            unchanged: number;
        };
        /** @description What an import of units did. */
        ImportedUnits: {
            /** @description New units. */
            created: number;
            /** @description Units that have another name now. */
            renamed: number;
            /** @description Units that stay as they were. */
            unchanged: number;
        };
        /**
         * @description Of which hours ledger. The two are never added together.
         * @enum {string}
         */
        InLedger: "volunteer" | "social_service";
        /** @description That a leaf is in a log. */
        InclusionProof: {
            /** @description The signed checkpoint of that size. */
            checkpoint: string;
            /**
             * Format: int64
             * @description The leaf's number, from 0.
             */
            index: number;
            /** @description The leaf's bytes, hexadecimal; absent where they are not the caller's to read. */
            leaf?: string | null;
            /** @description The leaf's hash, 64 hexadecimal digits. */
            leaf_hash: string;
            /** @description The log's origin. */
            origin: string;
            /** @description The proof (RFC 9162 section 2.1.3), each hash 64 hexadecimal digits. */
            proof: string[];
            /**
             * Format: int64
             * @description The tree's size.
             */
            size: number;
        };
        /** @description An issued report in the list. */
        IssuedLine: {
            /**
             * Format: int64
             * @description When it was issued, ms since 1970-01-01T00:00:00Z.
             */
            issued_ms: number;
            /** @description Its month. */
            month: string;
            /** @description SHA-256 of its text, hexadecimal. */
            sha256: string;
        };
        /** @description One element of a set. */
        ItemView: {
            /** @description Device and number of each operation that added it. */
            dots: unknown[][];
            /** @description The element. */
            value: unknown;
        };
        /** @description A change of accounts, appointments or devices. */
        JournalEntry: {
            /**
             * Format: uuid
             * @description The member who did it; null: the command line or the server.
             */
            actor?: string | null;
            /**
             * Format: int64
             * @description When, ms since 1970-01-01T00:00:00Z.
             */
            at_ms: number;
            /** @description More. */
            detail: Record<string, never>;
            /** @description What happened: a stable code. */
            event: string;
            /**
             * Format: uuid
             * @description Id; in order of time.
             */
            id: string;
            /** @description To what: an id or a code. */
            subject: string;
        };
        /**
         * @description Where a device says that it keeps its key.
         * @enum {string}
         */
        KeyStorage: "hardware" | "non_extractable" | "software";
        /**
         * @description How high a unit stands in the grid.
         * @enum {string}
         */
        Level: "district" | "area" | "community";
        /** @description Every limit of this server. */
        Limits: {
            /**
             * Format: int64
             * @description Most bytes of a photo or document.
             */
            blob_bytes: number;
            /**
             * Format: int64
             * @description Most bytes of a request body as it travels.
             */
            body_bytes: number;
            /**
             * Format: int64
             * @description Most bytes of a request body after inflation.
             */
            inflated_bytes: number;
            /**
             * Format: int32
             * @description Most bytes of one operation's text.
             */
            op_bytes: number;
            /**
             * Format: int64
             * @description About how many bytes of records one answer carries.
             */
            page_bytes: number;
            /**
             * Format: int32
             * @description Most records in one answer.
             */
            page_records: number;
            /**
             * Format: int32
             * @description Most operations in one push, and most numbers in `held`.
             */
            push_ops: number;
            /**
             * Format: int32
             * @description Most units that one request may name.
             */
            units: number;
            /**
             * Format: int64
             * @description Most bytes of a voice note.
             */
            voice_bytes: number;
        };
        /** @description A log's key and newest checkpoint. */
        LogHead: {
            /** @description The signed checkpoint. */
            checkpoint: string;
            /** @description The key (C2SP signed-note), whose name is the log's origin. */
            vkey: string;
        };
        /** @description All logs of this server. */
        LogOrigins: Record<string, never>;
        /** @description What is to change of a member. */
        MemberChange: {
            /** @description Name: 1 to 60 characters, not only white space. */
            name: string;
        };
        /** @description A new member's activation code. */
        MemberCode: {
            /** @description The code. */
            code: string;
            /** @description The number. */
            number: string;
        };
        /** @description A member with the roles held in one unit. */
        MemberEntry: {
            /**
             * Format: uuid
             * @description Id.
             */
            id: string;
            /** @description Name. */
            name: string;
            /** @description Number. */
            number: string;
            /** @description Roles there. */
            roles: string[];
            /** @description Unit; a member appointed in several has an entry for each. */
            unit: string;
        };
        /** @description A page of members. */
        MemberPage: {
            /** @description By number. */
            members: components["schemas"]["Person"][];
            /** @description Send it as `after` for the next page; null: this is the last. */
            next?: string | null;
        };
        /** @description A member with all appointments, past and future ones too. */
        MemberView: components["schemas"]["Person"] & {
            /** @description Whether a password is set. */
            active: boolean;
            /** @description The appointments. */
            appointments: components["schemas"]["AppointmentView"][];
        };
        /** @description A new appointment. */
        NewAppointment: {
            /**
             * Format: int64
             * @description First moment after it, ms; absent: open.
             */
            ends_ms?: number | null;
            /**
             * @description Role code.
             * @example volunteer
             */
            role: string;
            /**
             * Format: int64
             * @description First moment, ms since 1970-01-01T00:00:00Z; absent: now.
             */
            starts_ms?: number | null;
            /**
             * @description Unit code.
             * @example 350111001026
             */
            unit: string;
        };
        /** @description A new device. */
        NewDevice: {
            continues?: components["schemas"]["Continued"] | null;
            /**
             * Format: uuid
             * @description A random UUID, made by this installation and never restored from a backup.
             */
            id: string;
            /** @description Where it keeps its key. */
            key_storage: components["schemas"]["KeyStorage"];
            /**
             * @description What its holder calls it.
             * @example 旧手机
             */
            label: string;
            /**
             * @description The new key's signature over `"wuyuan-enrol-v1" || 16 bytes of id || 16 bytes of the member's id`:
             *     64 bytes, unpadded base64url.
             */
            proof: string;
            /** @description The public key: 32 bytes, unpadded base64url. */
            public_key: string;
            /**
             * @description The signature suite of the key.
             * @example ed25519-sha256
             */
            suite: string;
        };
        /** @description A new member. */
        NewMember: {
            /** @description Name: 1 to 60 characters, not only white space. */
            name: string;
            /** @description What the member will sign in with: 2 to 32 letters, digits and hyphens. */
            number: string;
        };
        /** @description A number of a figure. Minutes where the unit is hours. */
        Number: {
            /**
             * Format: int64
             * @description The number below the line.
             */
            bottom?: number | null;
            /**
             * Format: int64
             * @description How many different people it is about, where it is about people.
             */
            people?: number | null;
            /**
             * Format: int64
             * @description The number, or that above the line.
             */
            top: number;
        };
        /** @description An operation that hours stand on. */
        OpGround: {
            /**
             * Format: uuid
             * @description The device.
             */
            device: string;
            /** @description SHA-256 of its bytes, hexadecimal. */
            hash: string;
            /** @description Its kind. */
            kind: string;
            /**
             * Format: uuid
             * @description The record.
             */
            record: string;
            /**
             * Format: int64
             * @description Its number in the device's feed.
             */
            seq: number;
        };
        /** @description One operation, as much of it as the reader may see. */
        OpLine: {
            /**
             * Format: int64
             * @description First arrival, milliseconds since 1970.
             */
            arrival: number;
            /**
             * Format: uuid
             * @description Its author.
             */
            by: string;
            /** @description Why it was not accepted. */
            code?: string | null;
            /**
             * Format: uuid
             * @description Its device.
             */
            device: string;
            /** @description What became of it: `accepted`, `held` or `quarantined`. */
            fate: string;
            /** @description SHA-256 of its bytes, hexadecimal. */
            hash: string;
            /** @description The kind that it names. */
            kind?: string | null;
            /**
             * Format: int64
             * @description Its place in the unit's log.
             */
            pos?: number | null;
            /**
             * Format: uuid
             * @description The record that it names; absent when it cannot be read.
             */
            record?: string | null;
            says?: components["schemas"]["Says"] | null;
            /** @description Its number in the device's feed. */
            seq: components["schemas"]["u64"];
            /**
             * Format: int64
             * @description When it was written, by the best estimate; absent when that cannot be known.
             */
            written?: number | null;
        };
        /** @description A list of operations. */
        OpList: {
            /** @description The operations. */
            ops: components["schemas"]["OpLine"][];
        };
        /** @description An operation. */
        OpPlace: {
            /**
             * Format: uuid
             * @description Its device.
             */
            device: string;
            /**
             * Format: int64
             * @description Its number in the device's feed.
             */
            seq: number;
        };
        /** @description What is claimed and waits. */
        Pending: {
            /**
             * Format: int64
             * @description Minutes.
             */
            minutes: number;
            /** @description How many of them wait for what, by the reason's code; one may wait for several things. */
            reasons: {
                [key: string]: number;
            };
            /**
             * Format: int64
             * @description Of how many sessions.
             */
            sessions: number;
        };
        /** @description A member as others see one. */
        Person: {
            /**
             * Format: uuid
             * @description Id.
             */
            id: string;
            /** @description Name. */
            name: string;
            /** @description The number that the member signs in with. */
            number: string;
        };
        /** @description Minutes put to an account, or taken back from it. */
        PostingLine: {
            /** @description The operation that approved it, or took it back. */
            by: components["schemas"]["OpPlace"];
            /** @description The session's day in China. */
            day: string;
            /** @description SHA-256 of the values that were approved, hexadecimal. */
            digest: string;
            /** @description Its id, 32 hexadecimal digits. */
            id: string;
            /** @description The session's kind. */
            kind: string;
            /** @description `volunteer` or `social_service`. */
            ledger: string;
            /**
             * Format: uuid
             * @description Whose, in the volunteer ledger.
             */
            member?: string | null;
            /**
             * Format: int64
             * @description Minutes; negative: taken back.
             */
            minutes: number;
            /**
             * Format: int64
             * @description Its number in the ledger.
             */
            number: number;
            /** @description The operations on the session and on its attestations, as far as the caller may read these. */
            operations: components["schemas"]["OpGround"][];
            /**
             * Format: int64
             * @description When it was posted, ms since 1970-01-01T00:00:00Z.
             */
            posted: number;
            /** @description Where the proof is that the transparency log contains it, once it is sealed. */
            proof: string;
            /**
             * Format: int64
             * @description The number of the reversal that took it back.
             */
            reversed_by?: number | null;
            /**
             * Format: int64
             * @description The number of the entry that it takes back.
             */
            reverses?: number | null;
            /**
             * Format: int64
             * @description 1 for the first of the session, one more after each reversal.
             */
            round: number;
            /**
             * Format: uuid
             * @description The session.
             */
            session: string;
            /**
             * Format: uuid
             * @description Whose, in the ledger of social service.
             */
            subject?: string | null;
            /** @description The session's unit. */
            unit: string;
        };
        /** @description A page of postings. */
        Postings: {
            /** @description `after` of the next page; absent: there is none. */
            next?: string | null;
            /**
             * Format: int64
             * @description The number of the last posting that the caller may see.
             */
            position: number;
            /** @description In the order of their numbers. */
            postings: components["schemas"]["PostingLine"][];
        };
        /**
         * Problem
         * @description Problem details (RFC 9457).
         */
        ProblemBody: Record<string, never> & {
            /** @description The stable code. */
            code: string;
            /** @description What was wrong this time and what to do. */
            detail: string;
            /** @description Name it when reporting the problem. */
            request_id: string;
            /**
             * Format: int32
             * @description The HTTP status.
             */
            status: number;
            /** @description What happened, for people, in the language of Accept-Language. */
            title: string;
            /** @description A URN that names the kind of problem. */
            type: string;
        };
        /** @description A proposal that waits for another member to confirm it. */
        ProposalView: {
            /** @description The transition that it would take. */
            act?: string | null;
            /** @description Elements that it would add. */
            add?: {
                [key: string]: unknown[];
            };
            /** @description The digest of the hours that it would approve, hexadecimal. */
            approves?: string | null;
            /**
             * Format: int64
             * @description When, milliseconds since 1970.
             */
            at: number;
            /**
             * Format: uuid
             * @description Who proposes.
             */
            by: string;
            /** @description What it would decide, as in the operation. */
            decides?: unknown;
            /** @description Device and number of the operation. */
            dot: unknown[];
            /** @description SHA-256 of its bytes, hexadecimal. */
            hash: string;
            /** @description It touches fields that the reader may not read, so he cannot confirm it. */
            hidden?: boolean;
            /** @description Why. */
            reason?: string | null;
            /** @description Elements that it would remove. */
            remove?: {
                [key: string]: unknown[];
            };
            /** @description Registers that it would write. */
            set?: {
                [key: string]: unknown;
            };
        };
        /** @description What to pull. */
        Pull: {
            /** @description The cursor of each unit that the client holds, by unit code. Opaque. */
            cursors?: {
                [key: string]: string;
            } | null;
            /** @description Units whose tally the client could not reach although it pulled them anew several times. */
            diverged?: string[] | null;
            /**
             * Format: int32
             * @description Most records that the client wants in this answer.
             */
            max_records?: number | null;
        };
        /** @description The next part of the device's feed. */
        Push: {
            /** @description The head on which the first operation builds. */
            base: components["schemas"]["Head"];
            /** @description The phone's boot at sending. */
            boot: string;
            /** @description The operations, as the phone wrote them. Each is stored and judged; none makes the request fail. */
            ops: unknown[];
            /**
             * @description Receipts that the server gave for some of these operations before it was restored: each is then judged as
             *     of its first arrival. At most as many as operations; one that does not verify is passed over.
             */
            receipts?: components["schemas"]["EarlierReceipt"][] | null;
            /**
             * Format: int64
             * @description The phone's wall clock at sending, milliseconds since 1970.
             */
            sent_at: number;
            /** @description The device's signature over the head after the last operation, base64url without padding. */
            sig: string;
            /**
             * Format: int64
             * @description Milliseconds since that boot at sending.
             */
            uptime_ms: number;
        };
        /** @description The server's signature over verdicts. */
        Receipt: {
            /** @description Which of the server's keys, as in `GET /v1/config`. */
            key: string;
            /** @description The signature, base64url without padding. */
            sig: string;
        };
        /** @description A key that verifies receipts. */
        ReceiptKey: {
            /** @description Its name, as in a receipt. */
            id: string;
            /** @description The public key, unpadded base64url. */
            public_key: string;
            /** @description Its suite. */
            suite: string;
        };
        /** @description A blob that a record refers to. */
        RecordBlob: {
            arrived?: components["schemas"]["Arrived"] | null;
            /** @description The authors of the operations that put it there. */
            by: string[];
            /** @description Whether the record still holds it. What was taken out of it can still be read. */
            current: boolean;
            /** @description The fields into which it was put. */
            fields: string[];
            /** @description SHA-256 of the bytes, 64 lower-case hexadecimal digits. */
            sha256: string;
        };
        /** @description A record's blobs. */
        RecordBlobs: {
            /** @description How many of those that the record holds now have arrived: 2 of "2 of 3". */
            arrived: number;
            /** @description Each blob that was ever put into a field that the caller reads, in the order of the record's log. */
            blobs: components["schemas"]["RecordBlob"][];
            /** @description How many it holds now: 3 of "2 of 3". */
            expected: number;
        };
        /** @description A merged record as one reader may see it. */
        RecordView: {
            /** @description Which operations are in, by device: what an edit of this view names as `seen`. */
            clock: {
                [key: string]: number;
            };
            /**
             * Format: uuid
             * @description Who created it.
             */
            creator: string;
            /** @description What was decided here about findings, the latest first. */
            decisions?: components["schemas"]["DecisionView"][];
            /** @description The fields that have a value: an array of values (siblings, the latest first) or `{items}` of a set. */
            fields: {
                [key: string]: components["schemas"]["FieldView"];
            };
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /** @description Its kind. */
            kind: string;
            /**
             * Format: int64
             * @description The place of its last operation in the unit's log.
             */
            pos: number;
            /** @description Proposals that wait for another member, the oldest first. */
            proposals?: components["schemas"]["ProposalView"][];
            /** @description Its unit. */
            unit: string;
        };
        /** @description A refresh token. */
        Refresh: {
            /** @description The last refresh token. */
            refresh_token: string;
        };
        /** @description What became of a release. */
        Released: {
            /** @description Whether the operation has a final verdict now. */
            released: boolean;
        };
        /** @description A report. */
        Report: {
            /** @description The last second of the period. */
            cut_off: string;
            /**
             * Format: int32
             * @description The version of the definitions.
             */
            definitions: number;
            /** @description The month of the report before, whose late entries this one has. */
            earlier?: string | null;
            /** @description The figures. */
            figures: components["schemas"]["Counted"][];
            /**
             * Format: int64
             * @description When it was issued, ms since 1970-01-01T00:00:00Z; absent in a preview.
             */
            issued_ms?: number | null;
            /** @description `YYYY-MM`; a preview also `YYYY`. */
            period: string;
            /** @description Facts and postings up to these numbers are in it. */
            position: Record<string, never>;
            /** @description What an issued report was counted from, by code of fact. */
            rows?: components["schemas"]["RowsOf"][];
            /** @description The unit with those below it. */
            unit: string;
        };
        /** @description The facts of one code that are in an issued report. */
        RowsOf: {
            /** @description The code. */
            code: string;
            /**
             * Format: int64
             * @description How many facts of the month, or late ones.
             */
            rows: number;
            /** @description SHA-256 over number (8 bytes, big-endian) and record of each, in the order of numbers; hexadecimal. */
            sha256: string;
        };
        /** @description The rules as they are served. */
        RuleBook: {
            /** @description Of each kind which fields the rules look at. */
            facts: {
                [key: string]: {
                    [key: string]: unknown;
                };
            };
            /** @description Each rule by its code: `name` and `about` in zh-Hans and en, `severity`, `blocks_posting`, `limits`. */
            rule: {
                [key: string]: {
                    [key: string]: unknown;
                };
            };
        };
        /** @description The readable part of an operation. */
        Says: {
            /** @description The transition. */
            act?: string | null;
            /** @description Set elements added. */
            add: Record<string, never>;
            /** @description The digest of the hours that it approves, hexadecimal. */
            approves?: string | null;
            /**
             * Format: int64
             * @description The phone's wall clock, milliseconds since 1970.
             */
            at: number;
            /** @description The proposal that it confirms: device, number and hash. */
            confirms?: Record<string, never> | null;
            /** @description What it decides: the conclusion, and each finding with the basis on which it was decided. */
            decides?: Record<string, never> | null;
            /** @description Fields that it touches and the reader may not read. */
            hidden: number;
            /** @description It only proposes. */
            proposes?: boolean;
            /** @description The author's reason. */
            reason?: string | null;
            /** @description Set elements removed. */
            remove: Record<string, never>;
            /** @description What its author had seen. */
            seen: {
                [key: string]: number;
            };
            /** @description Registers written. */
            set: Record<string, never>;
        };
        /** @description That a leaf is sealed. */
        Sealed: {
            /**
             * Format: int64
             * @description The leaf's number, from 0.
             */
            index: number;
            /** @description In which log. */
            origin: string;
            /** @description The hashes on the way to the root, hexadecimal. */
            proof: string[];
            /** @description The salt of its digest, hexadecimal. */
            salt: string;
        };
        /** @description An operation on the form. */
        SealedOp: {
            /**
             * Format: int64
             * @description First arrival, ms since 1970.
             */
            arrival: number;
            /**
             * Format: uuid
             * @description Its device.
             */
            device: string;
            /** @description What it did that its text does not say, as JSON. */
            effect?: string | null;
            /**
             * Format: uuid
             * @description Its author.
             */
            member: string;
            /**
             * Format: int64
             * @description Its place in the unit's log.
             */
            pos: number;
            /** @description Where it is sealed. */
            sealed: components["schemas"]["Sealed"];
            /** @description Its number. */
            seq: components["schemas"]["u64"];
            /** @description Its text, as the phone wrote it. */
            text: string;
            waited?: components["schemas"]["Waited"] | null;
            /**
             * Format: int64
             * @description When it was written, by the best estimate, ms since 1970.
             */
            written?: number | null;
        };
        /** @description A posting that the form lists. */
        SealedPosting: {
            /**
             * Format: uuid
             * @description The approval's device.
             */
            approved_device: string;
            /**
             * Format: int64
             * @description The approval's number.
             */
            approved_seq: number;
            /** @description Day. */
            day: string;
            /** @description What was approved, hexadecimal. */
            digest: string;
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /** @description The session's kind. */
            kind: string;
            /**
             * Format: int64
             * @description Minutes.
             */
            minutes: number;
            /**
             * Format: int64
             * @description Its number in the ledger.
             */
            number: number;
            /**
             * Format: int64
             * @description When it was posted, ms since 1970.
             */
            posted: number;
            /**
             * Format: int64
             * @description Which entry of the session it is.
             */
            round: number;
            /** @description Where it is sealed. */
            sealed: components["schemas"]["Sealed"];
            /**
             * Format: uuid
             * @description The session.
             */
            session: string;
            /**
             * Format: uuid
             * @description Whose account.
             */
            subject: string;
            /** @description Unit. */
            unit: string;
        };
        /** @description A sign-in. */
        Session: {
            /** @description Send it as `Authorization: Bearer`. */
            access_token: string;
            /** @description The appointments in force; an operation names one of them as `as`. */
            appointments: components["schemas"]["AppointmentView"][];
            /**
             * Format: int64
             * @description For how many seconds the access token serves.
             */
            expires_in: number;
            /** @description Who signed in. */
            member: components["schemas"]["Person"];
            /** @description Exchange it once at POST /v1/auth/refresh. Absent when the token only serves to set up TOTP. */
            refresh_token?: string | null;
            /** @description What the token is good for. */
            scope: components["schemas"]["TokenScope"];
        };
        /** @description Number and password. */
        SignIn: {
            /**
             * @description The member's number.
             * @example JA0001
             */
            number: string;
            /** @description The password. */
            password: string;
            /** @description For administrators: the code that the authenticator shows. */
            totp?: string | null;
        };
        /** @description The answer to a sync. */
        SyncAnswer: {
            /**
             * Format: int32
             * @description The newest catalogue version.
             */
            catalog: number;
            /** @description Units of the request that are not, or no longer, in the caller's scope. */
            ended?: string[] | null;
            /** @description The device's feed as stored. */
            feed: components["schemas"]["FeedState"];
            /** @description The server's history. Another one than last time: the server was restored. */
            generation: string;
            /** @description There is more to pull: ask again with the new cursors. */
            more: boolean;
            receipt?: components["schemas"]["Receipt"] | null;
            /** @description The present verdict of each operation named in `held`. */
            resolved?: components["schemas"]["VerdictLine"][] | null;
            /**
             * Format: int64
             * @description The server's clock, milliseconds since 1970.
             */
            server_time: number;
            /** @description The pulled units. */
            units?: components["schemas"]["UnitPage"][] | null;
            /** @description The verdict of each pushed operation, in order. */
            verdicts?: components["schemas"]["VerdictLine"][] | null;
            /** @description SHA-256 of blobs that the pushed operations refer to and the server does not have. */
            want?: string[] | null;
        };
        /** @description A sync: push what is pending, pull what is new. Either part may be left out. */
        SyncRequest: {
            /**
             * Format: uuid
             * @description The device that speaks.
             */
            device: string;
            /** @description Numbers of operations that the client believes held: it learns what became of them. */
            held?: number[] | null;
            pull?: components["schemas"]["Pull"] | null;
            push?: components["schemas"]["Push"] | null;
        };
        /** @description Number and additive sum of a set of (record, pos). */
        Tally: {
            /**
             * Format: int64
             * @description How many records.
             */
            count: number;
            /** @description The sum, 32 hexadecimal digits. */
            sum: string;
        };
        /**
         * @description What a token is good for.
         * @enum {string}
         */
        TokenScope: "full" | "push_only" | "totp_enrolment";
        /** @description A TOTP code. */
        TotpCode: {
            /**
             * @description Six digits.
             * @example 123456
             */
            code: string;
        };
        /** @description What an authenticator app needs. */
        TotpSecret: {
            /** @description The secret, base32 (RFC 4648). */
            secret: string;
            /** @description The same as an `otpauth://` URL, for a QR code. */
            url: string;
        };
        /** @description One change in a unit's page. */
        UnitChange: {
            /** @description The record is now this. */
            put: components["schemas"]["RecordView"];
        } | {
            /** @description The record with this id is no longer for this reader. */
            gone: string;
        };
        /** @description A unit. */
        UnitEntry: {
            /** @description 12-digit code. */
            code: string;
            /** @description Level. */
            level: components["schemas"]["Level"];
            /** @description Name. */
            name: string;
            /** @description The unit above. */
            parent?: string | null;
            /** @description The caller's roles here; empty for a unit that is only above the scope. */
            roles: string[];
            /** @description The unit that took its place. */
            successor?: string | null;
        };
        /** @description A page of one unit. */
        UnitPage: {
            /** @description Records (`put`) and disappearances (`gone`), to be taken in order. */
            changes?: components["schemas"]["UnitChange"][] | null;
            /** @description The cursor to send next time; absent: the one sent still holds. */
            cursor?: string | null;
            /** @description Drop what is held of this unit before taking `changes`; pending operations stay. */
            restart?: boolean | null;
            tally?: components["schemas"]["Tally"] | null;
            /** @description The unit. */
            unit: string;
        };
        /** @description One value of a register. */
        ValueView: {
            /**
             * Format: int64
             * @description Siblings only: when, milliseconds since 1970.
             */
            at?: number | null;
            /** @description Siblings only: who wrote it. */
            by?: string | null;
            /** @description Device and number of the operation that wrote it. */
            dot: unknown[];
            /** @description The value, null included. */
            value: unknown;
        };
        /** @description What became of one operation. */
        VerdictLine: {
            /**
             * Format: int64
             * @description When the server first had it, milliseconds since 1970.
             */
            arrival: number;
            /** @description Why it was not accepted. */
            code?: string | null;
            /** @description `accepted`, `held` or `quarantined`. */
            fate: string;
            /** @description The SHA-256 of its bytes. */
            hash: string;
            /** @description The server had it before this push. */
            repeat?: boolean | null;
            /**
             * Format: int64
             * @description Its number.
             */
            seq: number;
        };
        /** @description How an operation that had waited was accepted. */
        Waited: {
            /**
             * Format: int64
             * @description When, ms since 1970.
             */
            at: number;
            /** @description Why it waited. */
            code: string;
            /**
             * Format: int64
             * @description Which change of its verdict this is.
             */
            number: number;
            /** @description Where that is sealed. */
            sealed: components["schemas"]["Sealed"];
        };
        /** @description What claimed hours wait for. */
        WaitsFor: {
            /** @description The stable code; `finding.` and a finding's code where one is open. */
            code: string;
            /** @description The words for people, in English. */
            en: string;
            /** @description The words for people, in simplified Chinese. */
            zh: string;
        };
        /** Format: int64 */
        u64: number;
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    jwks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description JSON Web Key Set */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
        };
    };
    healthz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It lives */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
        };
    };
    metrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The figures */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description Switched off */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    readyz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It can work */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description It cannot, busy, unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    access_log: {
        parameters: {
            query?: {
                /** @description The id after which the page begins; absent: the first entry. */
                after?: string;
                /** @description Most entries, 1 to 500; absent: 100. Fewer or more are taken as the nearest. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page; ask again after its last id until it is empty */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccessEntry"][];
                };
            };
            /** @description request_invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description token_missing, token_invalid, token_expired */
            401: {
                headers: {
                    /** @description How to prove who asks (RFC 9110 section 11.6.1). */
                    "www-authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description forbidden, totp_enrolment */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description too_many_requests */
            429: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    end_appointment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The appointment's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AppointmentEnd"];
            };
        };
        responses: {
            /** @description It ends */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppointmentView"];
                };
            };
            /** @description appointment_dates, request_invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description token_missing, token_invalid, token_expired */
            401: {
                headers: {
                    /** @description How to prove who asks (RFC 9110 section 11.6.1). */
                    "www-authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description forbidden, totp_enrolment */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description appointment_ended, last_admin */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description body_too_large, inflate_limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description encoding_unsupported, media_unsupported */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description too_many_requests */
            429: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    activate: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Activation"];
            };
        };
        responses: {
            /** @description Signed in */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description password_weak, request_invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description activation_refused; totp_required: the password is set, sign in with a code */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description no_appointment: the password is set, sign in once there is one */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description body_too_large, inflate_limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description encoding_unsupported, media_unsupported */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description sign_in_locked */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    refresh: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Refresh"];
            };
        };
        responses: {
            /** @description New tokens */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description request_invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description refresh_refused, refresh_reused */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description no_appointment */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description body_too_large, inflate_limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description encoding_unsupported, media_unsupported */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    sign_in: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignIn"];
            };
        };
        responses: {
            /** @description Signed in */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description request_invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description sign_in_refused, totp_required, totp_wrong */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description no_appointment */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description body_too_large, inflate_limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description encoding_unsupported, media_unsupported */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description sign_in_locked */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    sign_out: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Signed out */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No good token, token_missing, token_invalid, token_expired */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description too_many_requests */
            429: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    begin_totp: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The secret, shown this once */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TotpSecret"];
                };
            };
            /** @description token_missing, token_invalid, token_expired */
            401: {
                headers: {
                    /** @description How to prove who asks (RFC 9110 section 11.6.1). */
                    "www-authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description totp_exists */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description too_many_requests */
            429: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    confirm_totp: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TotpCode"];
            };
        };
        responses: {
            /** @description In force */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description request_invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description totp_wrong, token_missing, token_invalid, token_expired */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description totp_exists, totp_absent */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description body_too_large, inflate_limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description encoding_unsupported, media_unsupported */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description too_many_requests */
            429: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    create_upload: {
        parameters: {
            query?: never;
            header: {
                /** @description 1.0.0 */
                "Tus-Resumable": string;
                /** @description How many bytes it will have */
                "Upload-Length"?: number | null;
                /** @description 1: that is said later */
                "Upload-Defer-Length"?: number | null;
                /** @description sha256 and what else is known, base64 */
                "Upload-Metadata"?: string | null;
                /** @description partial, or final; and addresses of parts */
                "Upload-Concat"?: string | null;
                /** @description Of the bytes that come along */
                "Upload-Checksum"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        /** @description The first bytes, or none */
        requestBody?: {
            content: {
                "application/offset+octet-stream": string | null;
            };
        };
        responses: {
            /** @description Begun; if all bytes came along, admitted */
            201: {
                headers: {
                    location?: string;
                    "upload-expires"?: string;
                    "upload-offset"?: number;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description request_invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description token_missing, token_invalid, token_expired */
            401: {
                headers: {
                    /** @description How to prove who asks (RFC 9110 section 11.6.1). */
                    "www-authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description totp_enrolment */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description not_found: a part that is not the caller's */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description upload_offset_wrong */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description upload_gone: a part that has ended */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description tus_version */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description blob_too_large, body_too_large, inflate_limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description blob_media_refused, media_unsupported, encoding_unsupported */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description blob_hash_wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description upload_locked */
            423: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description too_many_uploads, too_many_unreferred, too_many_requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description upload_checksum_wrong */
            460: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description storage_full */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    abilities: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description tus 1.0.0, its extensions and limits, in headers */
            204: {
                headers: {
                    "tus-checksum-algorithm"?: string;
                    "tus-extension"?: string;
                    "tus-max-size"?: number;
                    "tus-version"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    blob_status: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BlobQuestion"];
            };
        };
        responses: {
            /** @description How each stands */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BlobStates"];
                };
            };
            /** @description request_invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description token_missing, token_invalid, token_expired */
            401: {
                headers: {
                    /** @description How to prove who asks (RFC 9110 section 11.6.1). */
                    "www-authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description totp_enrolment */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description body_too_large, inflate_limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description encoding_unsupported, media_unsupported */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description too_many_requests */
            429: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    override_method: {
        parameters: {
            query?: never;
            header: {
                /** @description 1.0.0 */
                "Tus-Resumable": string;
                /** @description PATCH, HEAD or DELETE */
                "X-HTTP-Method-Override": string;
                /** @description As of PATCH */
                "Upload-Offset"?: number | null;
                /** @description As of PATCH */
                "Upload-Length"?: number | null;
                /** @description As of PATCH */
                "Upload-Checksum"?: string | null;
            };
            path: {
                /** @description The upload */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/offset+octet-stream": string | null;
            };
        };
        responses: {
            /** @description As of HEAD */
            200: {
                headers: {
                    "upload-length"?: number;
                    "upload-offset"?: number;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description As of PATCH or DELETE */
            204: {
                headers: {
                    "upload-expires"?: string;
                    "upload-offset"?: number;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description request_invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description token_missing, token_invalid, token_expired */
            401: {
                headers: {
                    /** @description How to prove who asks (RFC 9110 section 11.6.1). */
                    "www-authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description forbidden: it is put together of others, totp_enrolment */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description not_found: no such upload, or not the caller's */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description method_wrong */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description upload_offset_wrong */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description upload_gone */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description tus_version */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description blob_too_large, body_too_large, inflate_limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description blob_media_refused, media_unsupported, encoding_unsupported */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description blob_hash_wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description upload_locked */
            423: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description too_many_requests */
            429: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description upload_checksum_wrong */
            460: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description storage_full */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    end_upload: {
        parameters: {
            query?: never;
            header: {
                /** @description 1.0.0 */
                "Tus-Resumable": string;
            };
            path: {
                /** @description The upload */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Ended */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description request_invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description token_missing, token_invalid, token_expired */
            401: {
                headers: {
                    /** @description How to prove who asks (RFC 9110 section 11.6.1). */
                    "www-authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description totp_enrolment */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description not_found: no such upload, or not the caller's */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description upload_gone */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description tus_version */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description upload_locked */
            423: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description too_many_requests */
            429: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    look_at_upload: {
        parameters: {
            query?: never;
            header: {
                /** @description 1.0.0 */
                "Tus-Resumable": string;
            };
            path: {
                /** @description The upload */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How far; upload-offset equal to upload-length: whole, and admitted if it is no part */
            200: {
                headers: {
                    "upload-concat"?: string;
                    "upload-defer-length"?: number;
                    "upload-expires"?: string;
                    "upload-length"?: number;
                    "upload-metadata"?: string;
                    "upload-offset"?: number;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description request_invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description token_missing, token_invalid, token_expired */
            401: {
                headers: {
                    /** @description How to prove who asks (RFC 9110 section 11.6.1). */
                    "www-authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description totp_enrolment */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description not_found: no such upload, or not the caller's */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description upload_gone */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description tus_version */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description too_many_requests */
            429: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    append_to_upload: {
        parameters: {
            query?: never;
            header: {
                /** @description 1.0.0 */
                "Tus-Resumable": string;
                /** @description Where the bytes begin */
                "Upload-Offset": number;
                /** @description Of an upload whose length was not known */
                "Upload-Length"?: number | null;
                /** @description Of these bytes */
                "Upload-Checksum"?: string | null;
            };
            path: {
                /** @description The upload */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/offset+octet-stream": string;
            };
        };
        responses: {
            /** @description Taken; with the last byte admitted */
            204: {
                headers: {
                    "upload-expires"?: string;
                    "upload-offset"?: number;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description request_invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description token_missing, token_invalid, token_expired */
            401: {
                headers: {
                    /** @description How to prove who asks (RFC 9110 section 11.6.1). */
                    "www-authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description forbidden: it is put together of others, totp_enrolment */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description not_found: no such upload, or not the caller's */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description upload_offset_wrong */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description upload_gone */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description tus_version */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description blob_too_large, body_too_large, inflate_limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description blob_media_refused, media_unsupported, encoding_unsupported */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description blob_hash_wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description upload_locked */
            423: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description too_many_requests */
            429: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description upload_checksum_wrong */
            460: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description storage_full */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    blob_bytes: {
        parameters: {
            query?: never;
            header?: {
                /** @description One range of bytes (RFC 9110 section 14.2); several, or one that is malformed, are answered by the whole */
                range?: string | null;
            };
            path: {
                /** @description SHA-256 of the bytes, 64 lower-case hexadecimal digits */
                sha256: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The bytes, of the media type that was found out when they arrived */
            200: {
                headers: {
                    /** @description bytes */
                    "accept-ranges"?: string;
                    /** @description The hash */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "image/*": string;
                    "audio/*": string;
                    "application/pdf": string;
                };
            };
            /** @description The range */
            206: {
                headers: {
                    /** @description Which bytes of how many */
                    "content-range"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "image/*": string;
                    "audio/*": string;
                    "application/pdf": string;
                };
            };
            /** @description It is the one that If-None-Match names */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description request_invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description token_missing, token_invalid, token_expired */
            401: {
                headers: {
                    /** @description How to prove who asks (RFC 9110 section 11.6.1). */
                    "www-authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description push_only, totp_enrolment */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description not_found: no such blob, or not for this caller */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description range_wrong */
            416: {
                headers: {
                    /** @description How many bytes there are */
                    "content-range"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description too_many_requests */
            429: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    blob_head: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description SHA-256 of the bytes, 64 lower-case hexadecimal digits */
                sha256: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Its size, its media type and its hash are in the headers */
            200: {
                headers: {
                    /** @description The hash */
                    etag?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description It is the one that If-None-Match names */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description request_invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description token_missing, token_invalid, token_expired */
            401: {
                headers: {
                    /** @description How to prove who asks (RFC 9110 section 11.6.1). */
                    "www-authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description push_only, totp_enrolment */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description not_found: no such blob, or not for this caller */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description too_many_requests */
            429: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    thumbnail: {
        parameters: {
            query?: {
                /**
                 * @description The side of the square that it fits into, in pixels: 160, 320, 640 or 1280. Others are rounded up, 1280 is the
                 *     largest. Absent: 320.
                 */
                size?: number;
            };
            header?: never;
            path: {
                /** @description SHA-256 of the photo, 64 lower-case hexadecimal digits */
                sha256: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The thumbnail */
            200: {
                headers: {
                    /** @description Of the photo at this size */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": string;
                };
            };
            /** @description It is the one that If-None-Match names */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description request_invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description token_missing, token_invalid, token_expired */
            401: {
                headers: {
                    /** @description How to prove who asks (RFC 9110 section 11.6.1). */
                    "www-authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description push_only, totp_enrolment */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description not_found: no such blob, or not for this caller */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description thumbnail_impossible: no picture, one that is not decoded (HEIF, AVIF), damaged, or too large */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description too_many_requests */
            429: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    catalog: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The catalogue; its form is in docs/PROTOCOL.md, section 3 */
            200: {
                headers: {
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            /** @description It is the one that If-None-Match names */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    config: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The configuration */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Config"];
                };
            };
        };
    };
    deadlines: {
        parameters: {
            query?: {
                /** @description Of this kind of record only. */
                kind?: string;
                /** @description Of this unit and those below it only. */
                unit?: string;
                /** @description Those that stand so today. */
                state?: "open" | "met" | "missed";
                /** @description Open ones due within so many days. */
                within?: number;
                /** @description `next` of the page before. */
                after?: string;
                /** @description Most lines, 1 to 500; absent: 100. More are taken as the nearest. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of the board */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeadlineBoard"];
                };
            };
            /** @description request_invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description token_missing, token_invalid, token_expired */
            401: {
                headers: {
                    /** @description How to prove who asks (RFC 9110 section 11.6.1). */
                    "www-authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description push_only, totp_enrolment */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description too_many_requests */
            429: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    list_devices: {
        parameters: {
            query?: {
                /** @description A member's id; absent: the caller's own. Only system administrators name another. */
                member?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Devices */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeviceView"][];
                };
            };
            /** @description request_invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description token_missing, token_invalid, token_expired */
            401: {
                headers: {
                    /** @description How to prove who asks (RFC 9110 section 11.6.1). */
                    "www-authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description forbidden, totp_enrolment */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description too_many_requests */
            429: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    enrol_device: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewDevice"];
            };
        };
        responses: {
            /** @description It was enrolled before */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeviceView"];
                };
            };
            /** @description Enrolled */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeviceView"];
                };
            };
            /** @description device_suite_unknown, device_key_invalid, device_proof_wrong, request_invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description token_missing, token_invalid, token_expired */
            401: {
                headers: {
                    /** @description How to prove who asks (RFC 9110 section 11.6.1). */
                    "www-authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description totp_enrolment */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description device_taken */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description body_too_large, inflate_limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description encoding_unsupported, media_unsupported */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description too_many_requests */
            429: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    revoke_device: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The device's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Revoked */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description request_invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description token_missing, token_invalid, token_expired */
            401: {
                headers: {
                    /** @description How to prove who asks (RFC 9110 section 11.6.1). */
                    "www-authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description totp_enrolment */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description too_many_requests */
            429: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    chain: {
        parameters: {
            query: {
                /** @description First number. */
                from: components["schemas"]["u64"];
                /** @description Last number; at most 200 come at once. */
                to: components["schemas"]["u64"];
            };
            header?: never;
            path: {
                /** @description The device */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The hashes */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Chain"];
                };
            };
            /** @description request_invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description token_missing, token_invalid, token_expired */
            401: {
                headers: {
                    /** @description How to prove who asks (RFC 9110 section 11.6.1). */
                    "www-authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description device_not_yours, totp_enrolment */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description device_unknown */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description too_many_requests */
            429: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    directory: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Units and members */
            200: {
                headers: {
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Directory"];
                };
            };
            /** @description It is the one that If-None-Match names */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description token_missing, token_invalid, token_expired */
            401: {
                headers: {
                    /** @description How to prove who asks (RFC 9110 section 11.6.1). */
                    "www-authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description push_only, totp_enrolment */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description too_many_requests */
            429: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    draw_observers: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DrawRequest"];
            };
        };
        responses: {
            /** @description The draw with everything that it was made from */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DrawProof"];
                };
            };
            /** @description request_invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description token_missing, token_invalid, token_expired */
            401: {
                headers: {
                    /** @description How to prove who asks (RFC 9110 section 11.6.1). */
                    "www-authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description forbidden, push_only, totp_enrolment */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description draw_not_open, draw_checkpoint_age, draw_exists, draw_pool_small, draw_exclusions_many */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description body_too_large, inflate_limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description encoding_unsupported, media_unsupported */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description draw_not_request, draw_reason_missing, draw_checkpoint_unknown */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description too_many_requests */
            429: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    one_draw: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The record that asked for it */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The draw */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DrawProof"];
                };
            };
            /** @description request_invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description token_missing, token_invalid, token_expired */
            401: {
                headers: {
                    /** @description How to prove who asks (RFC 9110 section 11.6.1). */
                    "www-authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description push_only, totp_enrolment */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description too_many_requests */
            429: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    events: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A stream that ends when the access token does */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description token_missing, token_invalid, token_expired */
            401: {
                headers: {
                    /** @description How to prove who asks (RFC 9110 section 11.6.1). */
                    "www-authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description push_only, totp_enrolment */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description too_many_requests */
            429: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    export: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ExportRequest"];
            };
        };
        responses: {
            /** @description The file */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": number[];
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": number[];
                };
            };
            /** @description request_invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description token_missing, token_invalid, token_expired */
            401: {
                headers: {
                    /** @description How to prove who asks (RFC 9110 section 11.6.1). */
                    "www-authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description push_only, forbidden, totp_enrolment */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description not_found: no such kind, or no report was issued */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description export_too_large, body_too_large, inflate_limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description encoding_unsupported, media_unsupported */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description too_many_requests */
            429: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    figure_definitions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The definitions */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FigureList"];
                };
            };
            /** @description token_missing, token_invalid, token_expired */
            401: {
                headers: {
                    /** @description How to prove who asks (RFC 9110 section 11.6.1). */
                    "www-authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description push_only, forbidden, totp_enrolment */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description too_many_requests */
            429: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    issue_report: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description `YYYY-MM` */
                month: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The report */
            200: {
                headers: {
                    /** @description Its SHA-256 */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Report"];
                };
            };
            /** @description request_invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description token_missing, token_invalid, token_expired */
            401: {
                headers: {
                    /** @description How to prove who asks (RFC 9110 section 11.6.1). */
                    "www-authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description push_only, forbidden, totp_enrolment */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description month_not_over, report_order */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description too_many_requests */
            429: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    issued_report: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description `YYYY-MM` */
                month: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The report */
            200: {
                headers: {
                    /** @description Its SHA-256 */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Report"];
                };
            };
            /** @description It is the one that If-None-Match names */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description request_invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description token_missing, token_invalid, token_expired */
            401: {
                headers: {
                    /** @description How to prove who asks (RFC 9110 section 11.6.1). */
                    "www-authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description push_only, forbidden: not for who sees a part only, totp_enrolment */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description too_many_requests */
            429: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    figures: {
        parameters: {
            query?: {
                /** @description The unit with those below it; absent: the highest of which the caller sees figures. */
                unit?: string;
                /** @description As they were issued, counted again for this unit from what was in the report. */
                issued?: boolean;
            };
            header?: never;
            path: {
                /** @description `YYYY-MM` or `YYYY` */
                period: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The figures */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Report"];
                };
            };
            /** @description request_invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description token_missing, token_invalid, token_expired */
            401: {
                headers: {
                    /** @description How to prove who asks (RFC 9110 section 11.6.1). */
                    "www-authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description push_only, forbidden, totp_enrolment */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description not_found: no report was issued */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description too_many_requests */
            429: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    figure_rows: {
        parameters: {
            query?: {
                /** @description The unit with those below it; absent: the highest of which the caller sees figures. */
                unit?: string;
                /** @description As the report was issued. */
                issued?: boolean;
                /** @description Of which part; absent: what happened. */
                part?: "happened" | "committed" | "late";
                /** @description `next` of the page before. */
                after?: number;
                /** @description Most rows, 1 to 500; absent: 100. More are taken as the nearest. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description `YYYY-MM` or `YYYY` */
                period: string;
                /** @description The figure's code */
                figure: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of rows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FigureRows"];
                };
            };
            /** @description request_invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description token_missing, token_invalid, token_expired */
            401: {
                headers: {
                    /** @description How to prove who asks (RFC 9110 section 11.6.1). */
                    "www-authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description push_only, forbidden, totp_enrolment */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description not_found: no such figure, or no report was issued */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description too_many_requests */
            429: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    findings: {
        parameters: {
            query?: {
                /** @description How they stand; absent: those that are open. */
                state?: "open" | "closed" | "decided";
                rule?: "contested_field" | "awaits_confirmation" | "stale_transition" | "stale_approval" | "overlap" | "date_impossible" | "open_session" | "day_hours" | "night_hours" | "week_hours" | "late_entry" | "clock_off" | "travel_speed" | "same_photo" | "similar_photo" | "duplicate_report" | "datum_mixup" | "changed_after_freeze" | "approval_stale_after_posting" | "ground_gone" | "attested_twice" | "photo_missing" | "quarantined_op" | "held_op" | "forked_feed" | "diverged";
                /** @description Of rules that matter so much only. */
                severity?: "low" | "medium" | "high";
                /** @description Of this unit and those below it only. */
                unit?: string;
                /** @description Of records of this kind only. */
                kind?: string;
                /** @description Of this record only. */
                record?: string;
                /** @description Opened at least so many days ago. */
                days?: number;
                /** @description Only of records that the caller created or is assigned to. */
                mine?: boolean;
                /** @description `next` of the page before. */
                after?: string;
                /** @description Most lines, 1 to 200; absent: 100. More are taken as the nearest. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of the list; the first has the counts */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FindingPage"];
                };
            };
            /** @description request_invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description token_missing, token_invalid, token_expired */
            401: {
                headers: {
                    /** @description How to prove who asks (RFC 9110 section 11.6.1). */
                    "www-authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description push_only, totp_enrolment */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description too_many_requests */
            429: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    finding: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The finding */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The finding */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FindingCase"];
                };
            };
            /** @description request_invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description token_missing, token_invalid, token_expired */
            401: {
                headers: {
                    /** @description How to prove who asks (RFC 9110 section 11.6.1). */
                    "www-authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description push_only, totp_enrolment */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description not_found: no such finding, or not for this caller */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description too_many_requests */
            429: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    form_draft: {
        parameters: {
            query: {
                /** @description The arrangement, a record of the kind `service_order`. */
                order: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The draft */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Draft"];
                };
            };
            /** @description request_invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description token_missing, token_invalid, token_expired */
            401: {
                headers: {
                    /** @description How to prove who asks (RFC 9110 section 11.6.1). */
                    "www-authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description push_only, totp_enrolment */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description not_found: no such arrangement, or its forms are not for this caller */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description form_other_person */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description too_many_requests */
            429: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    form_export: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The form's record */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The export */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Exported"];
                };
            };
            /** @description request_invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description token_missing, token_invalid, token_expired */
            401: {
                headers: {
                    /** @description How to prove who asks (RFC 9110 section 11.6.1). */
                    "www-authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description push_only, totp_enrolment */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description not_found: no such form, or not for this caller */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description not_sealed, form_not_issued */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description too_many_requests */
            429: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    form_page: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The form's record */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            /** @description request_invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description token_missing, token_invalid, token_expired */
            401: {
                headers: {
                    /** @description How to prove who asks (RFC 9110 section 11.6.1). */
                    "www-authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description push_only, totp_enrolment */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description not_found: no such form, or not for this caller */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description too_many_requests */
            429: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    hours_totals: {
        parameters: {
            query?: {
                /** @description By what they are summed; absent: by the ledger. Not read by the other two addresses. */
                by?: "ledger" | "person" | "unit" | "kind" | "day" | "month";
                /** @description Only of this ledger. */
                ledger?: "volunteer" | "social_service";
                /** @description Only of this unit and those below it. */
                unit?: string;
                /** @description Only of this kind of session. */
                kind?: string;
                /** @description Only of this member. */
                member?: string;
                /** @description Only of this subject. */
                subject?: string;
                /** @description First day, `YYYY-MM-DD`. */
                from?: string;
                /** @description Last day, `YYYY-MM-DD`. */
                to?: string;
                /** @description Where a page begins: behind this number of a posting, or this session of a claim. */
                after?: string;
                /** @description Most entries of a page, 1 to 200; absent: 100. Fewer or more are taken as the nearest. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The sums */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HoursTotals"];
                };
            };
            /** @description request_invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description token_missing, token_invalid, token_expired */
            401: {
                headers: {
                    /** @description How to prove who asks (RFC 9110 section 11.6.1). */
                    "www-authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description push_only, totp_enrolment */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description too_many_requests */
            429: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    hours_claims: {
        parameters: {
            query?: {
                /** @description By what they are summed; absent: by the ledger. Not read by the other two addresses. */
                by?: "ledger" | "person" | "unit" | "kind" | "day" | "month";
                /** @description Only of this ledger. */
                ledger?: "volunteer" | "social_service";
                /** @description Only of this unit and those below it. */
                unit?: string;
                /** @description Only of this kind of session. */
                kind?: string;
                /** @description Only of this member. */
                member?: string;
                /** @description Only of this subject. */
                subject?: string;
                /** @description First day, `YYYY-MM-DD`. */
                from?: string;
                /** @description Last day, `YYYY-MM-DD`. */
                to?: string;
                /** @description Where a page begins: behind this number of a posting, or this session of a claim. */
                after?: string;
                /** @description Most entries of a page, 1 to 200; absent: 100. Fewer or more are taken as the nearest. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of claims */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Claims"];
                };
            };
            /** @description request_invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description token_missing, token_invalid, token_expired */
            401: {
                headers: {
                    /** @description How to prove who asks (RFC 9110 section 11.6.1). */
                    "www-authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description push_only, totp_enrolment */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description too_many_requests */
            429: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    hours_postings: {
        parameters: {
            query?: {
                /** @description By what they are summed; absent: by the ledger. Not read by the other two addresses. */
                by?: "ledger" | "person" | "unit" | "kind" | "day" | "month";
                /** @description Only of this ledger. */
                ledger?: "volunteer" | "social_service";
                /** @description Only of this unit and those below it. */
                unit?: string;
                /** @description Only of this kind of session. */
                kind?: string;
                /** @description Only of this member. */
                member?: string;
                /** @description Only of this subject. */
                subject?: string;
                /** @description First day, `YYYY-MM-DD`. */
                from?: string;
                /** @description Last day, `YYYY-MM-DD`. */
                to?: string;
                /** @description Where a page begins: behind this number of a posting, or this session of a claim. */
                after?: string;
                /** @description Most entries of a page, 1 to 200; absent: 100. Fewer or more are taken as the nearest. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of postings */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Postings"];
                };
            };
            /** @description request_invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description token_missing, token_invalid, token_expired */
            401: {
                headers: {
                    /** @description How to prove who asks (RFC 9110 section 11.6.1). */
                    "www-authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description push_only, totp_enrolment */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description too_many_requests */
            429: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    import_members: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "text/csv": string;
            };
        };
        responses: {
            /** @description Imported */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportedMembers"];
                };
            };
            /** @description request_invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description token_missing, token_invalid, token_expired */
            401: {
                headers: {
                    /** @description How to prove who asks (RFC 9110 section 11.6.1). */
                    "www-authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description forbidden, totp_enrolment */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description body_too_large, inflate_limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description encoding_unsupported, media_unsupported */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description import_refused */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description too_many_requests */
            429: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    import_units: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "text/csv": string;
            };
        };
        responses: {
            /** @description Imported */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportedUnits"];
                };
            };
            /** @description request_invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description token_missing, token_invalid, token_expired */
            401: {
                headers: {
                    /** @description How to prove who asks (RFC 9110 section 11.6.1). */
                    "www-authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description forbidden, totp_enrolment */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description body_too_large, inflate_limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description encoding_unsupported, media_unsupported */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description import_refused */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description too_many_requests */
            429: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    journal: {
        parameters: {
            query?: {
                /** @description The id after which the page begins; absent: the first entry. */
                after?: string;
                /** @description Most entries, 1 to 500; absent: 100. Fewer or more are taken as the nearest. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page; ask again after its last id until it is empty */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JournalEntry"][];
                };
            };
            /** @description request_invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description token_missing, token_invalid, token_expired */
            401: {
                headers: {
                    /** @description How to prove who asks (RFC 9110 section 11.6.1). */
                    "www-authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description forbidden, totp_enrolment */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description too_many_requests */
            429: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    log_checkpoint: {
        parameters: {
            query?: {
                /** @description Its number in `GET /v1/log/origins`; absent: the one that grows. */
                log?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A signed note */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description request_invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    log_origins: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The logs, the oldest first; the last one grows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LogOrigins"];
                };
            };
            /** @description token_missing, token_invalid, token_expired */
            401: {
                headers: {
                    /** @description How to prove who asks (RFC 9110 section 11.6.1). */
                    "www-authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description totp_enrolment */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description too_many_requests */
            429: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    log_consistency: {
        parameters: {
            query: {
                /** @description The earlier size. */
                from: number;
                /** @description The later size; absent: the newest checkpoint's. */
                to?: number;
                /** @description The log's number; absent: the one that grows. */
                log?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The proof */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConsistencyProof"];
                };
            };
            /** @description request_invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description token_missing, token_invalid, token_expired */
            401: {
                headers: {
                    /** @description How to prove who asks (RFC 9110 section 11.6.1). */
                    "www-authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description totp_enrolment */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description not_found: the log never was of such a size */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description too_many_requests */
            429: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    log_inclusion: {
        parameters: {
            query?: {
                /** @description The operation's device. */
                device?: string;
                /** @description The operation's number. */
                seq?: number;
                /** @description The posting's number. */
                posting?: number;
                /** @description The leaf's number, from 0. */
                leaf?: number;
                /** @description The log's number, with `leaf`; absent: the one that grows. */
                log?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The proof */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InclusionProof"];
                };
            };
            /** @description request_invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description token_missing, token_invalid, token_expired */
            401: {
                headers: {
                    /** @description How to prove who asks (RFC 9110 section 11.6.1). */
                    "www-authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description totp_enrolment */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description not_found: no such thing, or not for this caller */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description not_sealed */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description too_many_requests */
            429: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    log_entries: {
        parameters: {
            query?: {
                /** @description Its number in `GET /v1/log/origins`; absent: the one that grows. */
                log?: number;
            };
            header?: never;
            path: {
                /** @description The bundle's number in groups of three digits, all but the last with an x before: `x001/234`; a part of one with `.p/` and how many leaves */
                index: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The leaves, each with its length before it (2 bytes, big-endian) */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": number[];
                };
            };
            /** @description request_invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description token_missing, token_invalid, token_expired */
            401: {
                headers: {
                    /** @description How to prove who asks (RFC 9110 section 11.6.1). */
                    "www-authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description forbidden, totp_enrolment */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description too_many_requests */
            429: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    log_tile: {
        parameters: {
            query?: {
                /** @description Its number in `GET /v1/log/origins`; absent: the one that grows. */
                log?: number;
            };
            header?: never;
            path: {
                /** @description 0 to 7: hashes of leaves, of 256 leaves each, … */
                level: string;
                /** @description The tile's number in groups of three digits, all but the last with an x before: `x001/234`; a part of one with `.p/` and how many hashes */
                index: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The hashes, 32 bytes each */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": number[];
                };
            };
            /** @description request_invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    me: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The caller */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MemberView"];
                };
            };
            /** @description token_missing, token_invalid, token_expired */
            401: {
                headers: {
                    /** @description How to prove who asks (RFC 9110 section 11.6.1). */
                    "www-authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description totp_enrolment */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description too_many_requests */
            429: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    list_members: {
        parameters: {
            query?: {
                /** @description The number after which the page begins. */
                after?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MemberPage"];
                };
            };
            /** @description request_invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description token_missing, token_invalid, token_expired */
            401: {
                headers: {
                    /** @description How to prove who asks (RFC 9110 section 11.6.1). */
                    "www-authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description forbidden, totp_enrolment */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description too_many_requests */
            429: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    create_member: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewMember"];
            };
        };
        responses: {
            /** @description Added */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Person"];
                };
            };
            /** @description request_invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description token_missing, token_invalid, token_expired */
            401: {
                headers: {
                    /** @description How to prove who asks (RFC 9110 section 11.6.1). */
                    "www-authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description forbidden, totp_enrolment */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description number_taken */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description body_too_large, inflate_limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description encoding_unsupported, media_unsupported */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description too_many_requests */
            429: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    get_member: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The member's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The member */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MemberView"];
                };
            };
            /** @description request_invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description token_missing, token_invalid, token_expired */
            401: {
                headers: {
                    /** @description How to prove who asks (RFC 9110 section 11.6.1). */
                    "www-authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description forbidden, totp_enrolment */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description too_many_requests */
            429: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    change_member: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The member's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MemberChange"];
            };
        };
        responses: {
            /** @description Changed */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Person"];
                };
            };
            /** @description request_invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description token_missing, token_invalid, token_expired */
            401: {
                headers: {
                    /** @description How to prove who asks (RFC 9110 section 11.6.1). */
                    "www-authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description forbidden, totp_enrolment */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description body_too_large, inflate_limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description encoding_unsupported, media_unsupported */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description too_many_requests */
            429: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    issue_activation_code: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The member's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The code */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActivationCode"];
                };
            };
            /** @description request_invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description token_missing, token_invalid, token_expired */
            401: {
                headers: {
                    /** @description How to prove who asks (RFC 9110 section 11.6.1). */
                    "www-authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description forbidden, totp_enrolment */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description too_many_requests */
            429: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    create_appointment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The member's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewAppointment"];
            };
        };
        responses: {
            /** @description Appointed */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppointmentView"];
                };
            };
            /** @description appointment_dates, unit_unknown, request_invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description token_missing, token_invalid, token_expired */
            401: {
                headers: {
                    /** @description How to prove who asks (RFC 9110 section 11.6.1). */
                    "www-authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description forbidden, totp_enrolment */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description appointment_overlap, roles_conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description body_too_large, inflate_limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description encoding_unsupported, media_unsupported */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description too_many_requests */
            429: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    reset_totp: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The member's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Forgotten */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description request_invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description token_missing, token_invalid, token_expired */
            401: {
                headers: {
                    /** @description How to prove who asks (RFC 9110 section 11.6.1). */
                    "www-authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description forbidden, totp_enrolment */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description too_many_requests */
            429: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    refused: {
        parameters: {
            query: {
                /** @description `held` or `quarantined`. */
                fate: "held" | "quarantined";
                /** @description Only those that arrived before this time, milliseconds since 1970; for the next page. */
                before?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description About 200; whole moments of arrival, so that `before` loses none */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpList"];
                };
            };
            /** @description request_invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description token_missing, token_invalid, token_expired */
            401: {
                headers: {
                    /** @description How to prove who asks (RFC 9110 section 11.6.1). */
                    "www-authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description forbidden, totp_enrolment */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description too_many_requests */
            429: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    release: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its device */
                device: string;
                /** @description Its number */
                seq: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It was judged again */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Released"];
                };
            };
            /** @description request_invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description token_missing, token_invalid, token_expired */
            401: {
                headers: {
                    /** @description How to prove who asks (RFC 9110 section 11.6.1). */
                    "www-authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description totp_enrolment */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description not_held */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description too_many_requests */
            429: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    record_blobs: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The record */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Its blobs */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordBlobs"];
                };
            };
            /** @description request_invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description token_missing, token_invalid, token_expired */
            401: {
                headers: {
                    /** @description How to prove who asks (RFC 9110 section 11.6.1). */
                    "www-authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description push_only, totp_enrolment */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description not_found: no such record, or not for this caller */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description too_many_requests */
            429: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    record_evidence: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The record */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The list */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            /** @description request_invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description token_missing, token_invalid, token_expired */
            401: {
                headers: {
                    /** @description How to prove who asks (RFC 9110 section 11.6.1). */
                    "www-authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description push_only, totp_enrolment */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description not_found: no such record, or not for this caller */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description too_many_requests */
            429: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    history: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The record */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Its history */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpList"];
                };
            };
            /** @description request_invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description token_missing, token_invalid, token_expired */
            401: {
                headers: {
                    /** @description How to prove who asks (RFC 9110 section 11.6.1). */
                    "www-authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description push_only, totp_enrolment */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description not_found: no such record, or not for this caller */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description too_many_requests */
            429: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    rules: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The rules */
            200: {
                headers: {
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RuleBook"];
                };
            };
            /** @description They are the ones that If-None-Match names */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description token_missing, token_invalid, token_expired */
            401: {
                headers: {
                    /** @description How to prove who asks (RFC 9110 section 11.6.1). */
                    "www-authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description push_only, totp_enrolment */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description too_many_requests */
            429: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which to come back. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    sync: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description May travel as gzip or zstd (Content-Encoding) */
        requestBody: {
            content: {
                "application/json": components["schemas"]["SyncRequest"];
            };
        };
        responses: {
            /** @description Everything was stored; each operation has a verdict */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SyncAnswer"];
                };
            };
            /** @description request_invalid, bad_signature, cursor_forged */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description token_missing, token_invalid, token_expired */
            401: {
                headers: {
                    /** @description How to prove who asks (RFC 9110 section 11.6.1). */
                    "www-authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description device_not_yours, device_revoked, push_only, totp_enrolment */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description device_unknown */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description gap, forked, feed_closed */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description body_too_large, inflate_limit, too_many_ops, too_many_units */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description encoding_unsupported, media_unsupported */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description too_many_requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description busy, unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
}
