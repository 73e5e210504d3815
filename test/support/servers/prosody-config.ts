import type { ServerPlace } from "./real-server.js";

/** Prosody's configuration: loopback only, TLS only with a certificate, no federation. Log lines go to standard output. */
export function prosodyConfig({ dir, ports, options }: ServerPlace): string {
  return `
run_as_root = true                -- heeded only if we are
data_path = "${dir}/data"
certificates = "${dir}/certs"     -- where there are none, STARTTLS is not offered
admin_socket = "${dir}/shell"
log = { { levels = { min = "info" }; to = "console"; timestamps = true } }

interfaces = { "127.0.0.1" }
c2s_ports = { ${ports.c2s} }
http_ports = { ${ports.http} }
http_interfaces = { "127.0.0.1" }
c2s_direct_tls_ports = { ${options.tls ? ports.directTls : ""} }
https_ports = {}
s2s_ports = {}
http_default_host = "localhost"   -- WebSocket clients ask for 127.0.0.1

c2s_require_encryption = ${options.tls !== undefined}
allow_unencrypted_plain_auth = true
consider_websocket_secure = true
authentication = "internal_plain"
storage = "internal"

modules_disabled = { "s2s"; ${options.tls ? "" : '"tls";'} }
modules_enabled = {
	"admin_shell"; "admin_adhoc"; "posix";
	"saslauth"; "roster"; ${options.tls ? '"tls";' : ""} "disco"; "ping"; "time"; "version"; "uptime"; "lastactivity";
	"smacks"; "carbons"; "csi_simple"; "blocklist"; "offline"; "mam";
	"pep"; "private"; "bookmarks"; "vcard4"; "vcard_legacy";
	"bosh"; "websocket"; ${options.stockLimits ? '"limits";' : ""}
}
limits = { c2s = { rate = "10kb/s" } }   -- Debian's; holds only with the module
smacks_hibernation_time = ${options.resumptionSeconds ?? 10}
smacks_max_ack_delay = 30

VirtualHost "localhost"
	admins = { "admin@localhost" }

Component "conference.localhost" "muc"
	name = "Rooms"
	admins = { "admin@localhost" }
	modules_enabled = { "muc_mam"; "muc_moderation"; "vcard_muc" }
	restrict_room_creation = false
	muc_room_default_public = true       -- by itself 0.12 hides rooms
	muc_log_by_default = true
	max_history_messages = 50
`;
}
