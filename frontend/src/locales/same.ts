/** Words that a language writes as English does: checked by the tests, so that a forgotten one is found. */
export const same: Readonly<Record<string, readonly string[]>> & { everywhere: readonly string[] } = {
  everywhere: ['Hypha', '{page} · Hypha', 'VPD', 'PPFD', 'ORP', 'PID', 'MQTT', 'API', 'JSON', '{n} ms', '{n} min', 'System', 'Live', 'Format', 'Id', 'Text', 'Stop'],
  de: ['Name', 'Token', 'Tokens', 'Filter', 'Alarm'],
  fr: [],
  es: [],
  nl: [],
}
