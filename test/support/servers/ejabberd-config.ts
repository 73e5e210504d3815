import type { ServerPlace } from "./real-server.js";

const MUC = `
  mod_muc:
    host: conference.localhost
    name: Rooms
    access: everyone
    access_create: everyone
    access_persistent: everyone
    access_mam: everyone
    access_admin: admins
    history_size: 50
    max_users: 200
    min_presence_interval: 0
    min_message_interval: 0
    default_room_options:
      mam: true
      public: true
      allow_user_invites: false
  mod_muc_admin: {}`;

/** ejabberd's configuration, with the rooms' domain or without: loopback only, TLS only with a certificate, no federation. */
export function ejabberdConfig({ dir, ports, options }: ServerPlace, withMuc = true): string {
  const directTls = `
  - port: ${ports.directTls}
    ip: "127.0.0.1"
    module: ejabberd_c2s
    tls: true
    access: all`;
  return `
loglevel: info
log_rotate_count: 0
hosts: [localhost]

certfiles: [${options.tls ? `"${dir}/tls.pem"` : ""}]
listen:${options.tls ? directTls : ""}
  - port: ${ports.c2s}
    ip: "127.0.0.1"
    module: ejabberd_c2s
    backlog: 128
    starttls: ${options.tls !== undefined}
    starttls_required: ${options.tls !== undefined}
    max_stanza_size: 262144
    shaper: ${options.stockLimits ? "c2s_stock" : "c2s_off"}
    access: all
  - port: ${ports.http}
    ip: "127.0.0.1"
    module: ejabberd_http
    backlog: 128
    request_handlers:
      /ws: ejabberd_http_ws
      /bosh: mod_bosh
      /api: mod_http_api

auth_method: internal
auth_password_format: plain
disable_sasl_mechanisms: [digest-md5, X-OAUTH2]

acl:
  admin:
    user: [admin@localhost]
  loopback:
    ip: [127.0.0.0/8]

access_rules:
  everyone:
    allow: all
  admins:
    allow: admin

# any HTTP request from loopback may do all, without a password
api_permissions:
  "tests over http":
    from: [mod_http_api]
    who:
      access:
        allow: loopback
    what: "*"

# a listener names a rule; Debian's rate
shaper:
  normal:
    rate: 3000
    burst_size: 20000
shaper_rules:
  max_user_sessions: 20
  c2s_off:
    none: all
  c2s_stock:
    normal: all

default_db: mnesia

modules:
  mod_adhoc: {}
  mod_admin_extra: {}
  mod_blocking: {}
  mod_bosh: {}
  mod_caps: {}
  mod_carboncopy: {}
  mod_client_state: {}
  mod_disco: {}
  mod_http_api: {}
  mod_last: {}
  mod_mam:
    default: always
    assume_mam_usage: true${withMuc ? MUC : ""}
  mod_offline: {}
  mod_ping: {}
  mod_privacy: {}
  mod_private: {}
  mod_pubsub:
    access_createnode: everyone
    plugins: [flat, pep]
    force_node_config:
      "storage:bookmarks":
        access_model: whitelist
      "urn:xmpp:bookmarks:1":
        access_model: whitelist
  mod_roster: {}
  mod_stream_mgmt:
    resume_timeout: ${options.resumptionSeconds ?? 10}
    resend_on_timeout: if_offline
  mod_time: {}
  mod_vcard:
    search: false
  mod_vcard_xupdate: {}
  mod_version: {}
`;
}
