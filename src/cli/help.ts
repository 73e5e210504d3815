/** What `mucwright --help` prints. */
export const HELP = `mucwright: bots for XMPP rooms

  mucwright run FILE      run the bots that FILE exports, with a real account
  mucwright dev FILE      try them in a room of this process: no server, no account

  --verbose               stack traces with errors
  --script FILE           dev: play the lines of FILE (- is standard input) and end; default:
                          what is typed, else what is piped, else the .visit beside the bot
  --help, --version

FILE is TypeScript or JavaScript. The account comes from the environment:

  MUCWRIGHT_JID           keeper@example.org
  MUCWRIGHT_PASSWORD      its password
  MUCWRIGHT_SERVICE       xmpp://host:port or xmpps://host:port; default: found by DNS
  MUCWRIGHT_ROOMS         lobby@rooms.example.org,… in place of those of @Bot
  MUCWRIGHT_NICK          in place of that of @Bot
  MUCWRIGHT_CA            a PEM file with the authorities to trust
  MUCWRIGHT_LOG_LEVEL     trace, debug, info, warn, error or silent; default info
`;
