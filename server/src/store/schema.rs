//! The tables of `migrations/*/0001_core`, the same on both databases.

diesel::table! { meta (key) { key -> Text, value -> Text, } }

diesel::table! { secret (name) { name -> Text, value -> Binary, } }

diesel::table! {
    unit (code) {
        code -> Text,
        name -> Text,
        level -> Text,
        parent -> Nullable<Text>,
        successor -> Nullable<Text>,
        head -> BigInt,
    }
}

diesel::table! {
    unit_sum (unit, kind) {
        unit -> Text,
        kind -> Text,
        records -> BigInt,
        sum -> Binary,
    }
}

diesel::table! {
    member (id) {
        id -> Binary,
        number -> Text,
        name -> Text,
        created_ms -> BigInt,
        password_hash -> Nullable<Text>,
        activation_hash -> Nullable<Text>,
        activation_expires_ms -> Nullable<BigInt>,
        totp_secret -> Nullable<Binary>,
        totp_step -> Nullable<BigInt>,
        failed_sign_ins -> Integer,
        locked_until_ms -> Nullable<BigInt>,
    }
}

diesel::table! {
    appointment (id) {
        id -> Binary,
        member -> Binary,
        role -> Text,
        unit -> Text,
        starts_ms -> BigInt,
        ends_ms -> Nullable<BigInt>,
        created_ms -> BigInt,
    }
}

diesel::table! {
    refresh_token (hash) {
        hash -> Binary,
        family -> Binary,
        member -> Binary,
        issued_ms -> BigInt,
        expires_ms -> BigInt,
        used_ms -> Nullable<BigInt>,
        revoked_ms -> Nullable<BigInt>,
    }
}

diesel::table! {
    device (id) {
        id -> Binary,
        member -> Binary,
        suite -> Text,
        public_key -> Binary,
        label -> Text,
        key_storage -> Text,
        enrolled_ms -> BigInt,
        revoked_ms -> Nullable<BigInt>,
        continues -> Nullable<Binary>,
        continues_hash -> Nullable<Binary>,
        head_seq -> BigInt,
        head_hash -> Binary,
        durable_seq -> BigInt,
        closed_code -> Nullable<Text>,
        synced_ms -> Nullable<BigInt>,
        clock_offset_ms -> Nullable<BigInt>,
    }
}

diesel::table! {
    op (device, seq) {
        device -> Binary,
        seq -> BigInt,
        hash -> Binary,
        chain -> Binary,
        arrival_ms -> BigInt,
        written_ms -> Nullable<BigInt>,
        member -> Binary,
        record -> Nullable<Binary>,
        kind -> Nullable<Text>,
        unit -> Nullable<Text>,
        state -> Integer,
        code -> Nullable<Text>,
        pos -> Nullable<BigInt>,
        effect -> Nullable<Text>,
        body -> Binary,
    }
}

diesel::table! {
    head_signature (device, seq) {
        device -> Binary,
        seq -> BigInt,
        signature -> Binary,
    }
}

diesel::table! {
    fork_evidence (device, seq, hash) {
        device -> Binary,
        seq -> BigInt,
        hash -> Binary,
        arrival_ms -> BigInt,
        body -> Binary,
    }
}

diesel::table! {
    held (device, seq) {
        device -> Binary,
        seq -> BigInt,
        record -> Nullable<Binary>,
        wait_record -> Nullable<Binary>,
    }
}

diesel::table! {
    reissue (device, seq, hash) {
        device -> Binary,
        seq -> BigInt,
        hash -> Binary,
        by_device -> Binary,
        by_seq -> BigInt,
    }
}

diesel::table! {
    record (id) {
        id -> Binary,
        kind -> Text,
        unit -> Text,
        creator -> Binary,
        pos -> BigInt,
        state -> Binary,
    }
}

diesel::table! {
    viewer (member, unit, record) {
        member -> Binary,
        unit -> Text,
        record -> Binary,
    }
}

diesel::table! {
    visibility (unit, pos) {
        unit -> Text,
        pos -> BigInt,
        member -> Binary,
        record -> Binary,
        present -> Bool,
    }
}

diesel::table! {
    record_link (source, target) {
        source -> Binary,
        target -> Binary,
    }
}

diesel::table! {
    blob_ref (sha256, record) {
        sha256 -> Binary,
        record -> Binary,
    }
}

diesel::table! {
    blob (sha256) {
        sha256 -> Binary,
        bytes -> BigInt,
        media -> Text,
        sm3 -> Binary,
        object -> Text,
        received_ms -> BigInt,
        durable -> Bool,
        condemned_ms -> Nullable<BigInt>,
        examined -> Bool,
        likeness -> Nullable<Binary>,
        exif -> Nullable<Text>,
    }
}

diesel::table! {
    collection (sha256, member) {
        sha256 -> Binary,
        member -> Binary,
        device -> Nullable<Binary>,
        source -> Nullable<Text>,
        captured -> Nullable<Text>,
        hashed -> Nullable<Text>,
        received_ms -> BigInt,
    }
}

diesel::table! {
    upload (id) {
        id -> Binary,
        member -> Binary,
        created_ms -> BigInt,
        expires_ms -> BigInt,
        concat -> Nullable<Text>,
        metadata -> Text,
        length -> Nullable<BigInt>,
        reached -> BigInt,
        state -> Integer,
        holder -> Nullable<Binary>,
        lease_ms -> BigInt,
    }
}

diesel::table! {
    upload_piece (upload, start) {
        upload -> Binary,
        start -> BigInt,
        bytes -> BigInt,
        object -> Text,
    }
}

diesel::table! {
    log (number) {
        number -> BigInt,
        origin -> Text,
        opened_ms -> BigInt,
        size -> BigInt,
        root -> Binary,
    }
}

diesel::table! {
    log_tile (log, level, position) {
        log -> BigInt,
        level -> BigInt,
        position -> BigInt,
        hashes -> Binary,
    }
}

diesel::table! {
    log_entries (log, position) {
        log -> BigInt,
        position -> BigInt,
        entries -> Binary,
    }
}

diesel::table! {
    log_checkpoint (log, size) {
        log -> BigInt,
        size -> BigInt,
        note -> Text,
    }
}

diesel::table! {
    sealed (source, key, first) {
        source -> Integer,
        key -> Binary,
        first -> BigInt,
        last -> BigInt,
        log -> BigInt,
        leaf -> BigInt,
    }
}

diesel::table! {
    unsealed (source, key, first) {
        source -> Integer,
        key -> Binary,
        first -> BigInt,
        last -> BigInt,
    }
}

diesel::table! {
    verdict_change (device, seq, number) {
        device -> Binary,
        seq -> BigInt,
        number -> BigInt,
        at_ms -> BigInt,
        was_state -> Integer,
        was_code -> Nullable<Text>,
        state -> Integer,
        code -> Nullable<Text>,
    }
}

diesel::table! {
    finding (id) {
        id -> Binary,
        code -> Text,
        unit -> Nullable<Text>,
        record -> Nullable<Binary>,
        device -> Nullable<Binary>,
        seq -> Nullable<BigInt>,
        opened_ms -> BigInt,
        closed_ms -> Nullable<BigInt>,
    }
}

diesel::table! {
    finding_fact (finding) {
        finding -> Binary,
        basis -> Binary,
        neighbour -> Nullable<Binary>,
        detail -> Text,
        updated_ms -> BigInt,
        closed_why -> Nullable<Text>,
    }
}

diesel::table! {
    finding_decision (finding, device, seq) {
        finding -> Binary,
        device -> Binary,
        seq -> BigInt,
        basis -> Binary,
        conclusion -> Text,
        at_ms -> BigInt,
    }
}

diesel::table! {
    desk_op (record, device, seq) {
        record -> Binary,
        device -> Binary,
        seq -> BigInt,
        pos -> BigInt,
        confirms_device -> Nullable<Binary>,
        confirms_seq -> Nullable<BigInt>,
    }
}

diesel::table! {
    reconciled (unit) {
        unit -> Text,
        pos -> BigInt,
    }
}

diesel::table! {
    reconcile_due (record) {
        record -> Binary,
        due_ms -> BigInt,
    }
}

diesel::table! {
    presence (record, person, part) {
        record -> Binary,
        person -> Binary,
        part -> Integer,
        from_ms -> BigInt,
        until_ms -> BigInt,
        minutes -> BigInt,
    }
}

diesel::table! {
    member_point (record, field) {
        record -> Binary,
        field -> Text,
        member -> Binary,
        matter -> Binary,
        at_ms -> BigInt,
        lng -> BigInt,
        lat -> BigInt,
        accuracy_m -> BigInt,
        moves -> Bool,
    }
}

diesel::table! {
    report_place (record) {
        record -> Binary,
        interest -> Text,
        cell -> BigInt,
        at_ms -> BigInt,
        lng -> BigInt,
        lat -> BigInt,
        accuracy_m -> BigInt,
    }
}

diesel::table! {
    report_link (other, record) {
        other -> Binary,
        record -> Binary,
    }
}

diesel::table! {
    photo_use (record, sha256) {
        record -> Binary,
        sha256 -> Binary,
    }
}

diesel::table! {
    photo_print (number) {
        number -> BigInt,
        sha256 -> Binary,
        bits -> BigInt,
    }
}

diesel::table! {
    finding_also (unit, finding) {
        unit -> Text,
        finding -> Binary,
    }
}

diesel::table! {
    posting (number) {
        number -> BigInt,
        id -> Binary,
        ledger -> Text,
        member -> Nullable<Binary>,
        subject -> Nullable<Binary>,
        session -> Binary,
        round -> BigInt,
        minutes -> BigInt,
        unit -> Text,
        kind -> Text,
        day -> Text,
        digest -> Binary,
        approved_device -> Binary,
        approved_seq -> BigInt,
        posted_ms -> BigInt,
        reverses -> Nullable<BigInt>,
    }
}

diesel::table! {
    deadline (record, code) {
        record -> Binary,
        code -> Text,
        unit -> Text,
        kind -> Text,
        start_day -> BigInt,
        due_day -> BigInt,
        met_day -> Nullable<BigInt>,
        provisional -> Bool,
    }
}

diesel::table! {
    fact (number) {
        number -> BigInt,
        record -> Binary,
        code -> Text,
        unit -> Text,
        day -> BigInt,
        dim -> Text,
        who -> Nullable<Binary>,
        value -> BigInt,
        sign -> Integer,
        at_ms -> BigInt,
        pos -> BigInt,
    }
}

diesel::table! { dense (name) { name -> Text, number -> BigInt, } }

diesel::table! {
    report (month) {
        month -> Text,
        issued_ms -> BigInt,
        issued_by -> Binary,
        definitions -> BigInt,
        fact_number -> BigInt,
        posting_number -> BigInt,
        sha256 -> Binary,
        body -> Binary,
    }
}

diesel::table! { report_head (month, unit) { month -> Text, unit -> Text, pos -> BigInt, } }

diesel::table! { export_purpose (id) { id -> Binary, format -> Text, purpose -> Text, } }

diesel::table! {
    attested (attestation, session) {
        attestation -> Binary,
        session -> Binary,
    }
}

diesel::table! {
    claim (session) {
        session -> Binary,
        ledger -> Text,
        member -> Nullable<Binary>,
        subject -> Nullable<Binary>,
        unit -> Text,
        kind -> Text,
        day -> Nullable<Text>,
        minutes -> BigInt,
        reasons -> Text,
        updated_ms -> BigInt,
    }
}

diesel::table! {
    draw (record) {
        record -> Binary,
        service_order -> Binary,
        number -> BigInt,
        device -> Binary,
        seq -> BigInt,
        checkpoint -> Text,
        beacon -> Binary,
        public_key -> Binary,
        pool -> Text,
        roster -> Text,
        drawn_ms -> BigInt,
    }
}

diesel::table! {
    journal (id) {
        id -> Binary,
        at_ms -> BigInt,
        actor -> Nullable<Binary>,
        event -> Text,
        subject -> Text,
        detail -> Text,
    }
}

diesel::table! {
    access_log (id) {
        id -> Binary,
        at_ms -> BigInt,
        member -> Binary,
        device -> Nullable<Binary>,
        unit -> Text,
        kind -> Text,
        fields -> Text,
        records -> BigInt,
    }
}

diesel::table! {
    catalog_version (version) {
        version -> BigInt,
        sha256 -> Binary,
        body -> Text,
        at_ms -> BigInt,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    meta,
    secret,
    unit,
    unit_sum,
    member,
    appointment,
    refresh_token,
    device,
    op,
    head_signature,
    fork_evidence,
    held,
    reissue,
    record,
    viewer,
    visibility,
    record_link,
    blob_ref,
    blob,
    collection,
    upload,
    upload_piece,
    log,
    log_tile,
    log_entries,
    log_checkpoint,
    sealed,
    unsealed,
    verdict_change,
    finding,
    finding_fact,
    finding_decision,
    desk_op,
    reconciled,
    reconcile_due,
    presence,
    member_point,
    report_place,
    report_link,
    photo_use,
    photo_print,
    finding_also,
    posting,
    deadline,
    fact,
    dense,
    report,
    report_head,
    export_purpose,
    attested,
    claim,
    draw,
    journal,
    access_log,
    catalog_version,
);
