// @generated automatically by Diesel CLI.

diesel::table! {
    api_keys (id) {
        id -> BigInt,
        key -> Text,
        name -> Text,
        callback -> Nullable<Text>,
        created_at -> BigInt,
        revoked_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    audit_entries (id) {
        id -> BigInt,
        at -> BigInt,
        group_id -> Nullable<BigInt>,
        actor -> Text,
        action -> Text,
        subject -> Nullable<Text>,
        reason -> Nullable<Text>,
        via -> Text,
        number -> Nullable<BigInt>,
        hash -> Nullable<Binary>,
        user_id -> Nullable<BigInt>,
        actor_id -> Nullable<BigInt>,
        standing -> Nullable<Text>,
        invitation_id -> Nullable<BigInt>,
        ends_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    categories (id) {
        id -> BigInt,
        name -> Text,
    }
}

diesel::table! {
    frobs (hash) {
        hash -> Binary,
        key_id -> BigInt,
        user_id -> BigInt,
        expires_at -> BigInt,
    }
}

diesel::table! {
    groups (id) {
        id -> BigInt,
        name -> Text,
        folded_name -> Text,
        description -> Text,
        category_id -> BigInt,
        tags -> Text,
        image -> Text,
        access_type -> Text,
        registration_type -> Text,
        moderation_type -> Text,
        member_count -> BigInt,
        topic_count -> BigInt,
        num_topics -> BigInt,
        commercial_account_id -> BigInt,
        owner_id -> BigInt,
        created_at -> BigInt,
        deleted_at -> Nullable<BigInt>,
        onezone_type -> Text,
        next_end -> Nullable<BigInt>,
        condition_kind -> Nullable<Text>,
        condition_group_id -> Nullable<BigInt>,
        audit_number -> BigInt,
        audit_hash -> Nullable<Binary>,
        audit_removed_number -> BigInt,
        audit_removed_hash -> Nullable<Binary>,
        imported_members -> BigInt,
    }
}

diesel::table! {
    invitations (id) {
        id -> BigInt,
        group_id -> BigInt,
        issuer_id -> BigInt,
        hash -> Binary,
        prefix -> Text,
        role -> Text,
        created_at -> BigInt,
        expires_at -> Nullable<BigInt>,
        usage_limit -> Nullable<BigInt>,
        uses -> BigInt,
        revoked_at -> Nullable<BigInt>,
        orphaned_at -> Nullable<BigInt>,
        member_until -> Nullable<BigInt>,
    }
}

diesel::table! {
    memberships (user_id, group_id) {
        group_id -> BigInt,
        user_id -> BigInt,
        state -> Text,
        since -> BigInt,
        note -> Text,
        until -> Nullable<BigInt>,
        ends_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    named_tokens (user_id, name) {
        user_id -> BigInt,
        name -> Text,
        token_id -> Nullable<BigInt>,
        invitation_id -> Nullable<BigInt>,
        custom -> Text,
    }
}

diesel::table! {
    tokens (id) {
        id -> BigInt,
        user_id -> BigInt,
        hash -> Binary,
        prefix -> Text,
        created_at -> BigInt,
        expires_at -> BigInt,
        revoked_at -> Nullable<BigInt>,
        key_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    users (id) {
        id -> BigInt,
        login -> Text,
        first_name -> Text,
        last_name -> Text,
        email -> Nullable<Text>,
        password_hash -> Nullable<Text>,
        created_at -> BigInt,
        disabled_at -> Nullable<BigInt>,
        deleted_at -> Nullable<BigInt>,
    }
}

diesel::joinable!(audit_entries -> groups (group_id));
diesel::joinable!(frobs -> api_keys (key_id));
diesel::joinable!(frobs -> users (user_id));
diesel::joinable!(groups -> categories (category_id));
diesel::joinable!(groups -> users (owner_id));
diesel::joinable!(invitations -> groups (group_id));
diesel::joinable!(invitations -> users (issuer_id));
diesel::joinable!(memberships -> groups (group_id));
diesel::joinable!(memberships -> users (user_id));
diesel::joinable!(named_tokens -> invitations (invitation_id));
diesel::joinable!(named_tokens -> tokens (token_id));
diesel::joinable!(named_tokens -> users (user_id));
diesel::joinable!(tokens -> api_keys (key_id));
diesel::joinable!(tokens -> users (user_id));

diesel::allow_tables_to_appear_in_same_query!(
    api_keys,
    audit_entries,
    categories,
    frobs,
    groups,
    invitations,
    memberships,
    named_tokens,
    tokens,
    users,
);
