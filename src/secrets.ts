/**
 * The one place that turns a secret into something printable: `[redacted]`.
 *
 * The runner's own mask knows a value and a few of its encodings; a server can send ours back in others (hex, base64url,
 * inside a longer base64 text). So every sink of this program passes its text through `redact` first, and the mask is
 * the second line of defence, not the first.
 */

/** Shorter values are not treated as secrets: replacing `e` or `root` everywhere would swallow the log it is to protect. */
const SHORTEST = 8
const REDACTED = '[redacted]'

export class Secrets {
  readonly #needles = new Set<string>()
  /** Every piece of that many characters of every secret, bare: what is left of one however it was broken up. */
  readonly #pieces = new Set<string>()

  /**
   * Takes a secret into account from now on, in every form `redact` knows, line by line where it has several (a PEM key).
   * Values shorter than 8 characters are passed over.
   */
  add(secret: string): void {
    for (const part of new Set([secret, ...secret.split(/\r?\n/)])) {
      const value = part.trim()
      if (value.length < SHORTEST || value.startsWith('-----')) continue
      for (const form of forms(value)) {
        if (form.length < SHORTEST) continue
        this.#needles.add(form)
        const plain = bare(form)
        for (let at = 0; at + PIECE <= plain.length; at += 1) this.#pieces.add(plain.slice(at, at + PIECE))
      }
    }
  }

  /** The same text with every known secret, raw or encoded, replaced by `[redacted]`. */
  redact(text: string): string {
    let clean = text
    // The longest first: a token that is the beginning of another must not leave the other's end behind.
    for (const needle of [...this.#needles].sort((a, b) => b.length - a.length)) {
      clean = clean.replaceAll(needle, REDACTED)
    }
    return clean
  }

  /**
   * The same for a text that a server wrote, who may give back what it was given in any dress: cut up, in part, escaped,
   * encoded twice, in capitals. Where 12 characters in a row of a secret can be made out, the whole text is withheld.
   */
  redactForeign(text: string): string {
    const clean = this.redact(text)
    const rest = clean.replaceAll(REDACTED, ' ')
    const once = decoded(rest)
    const readings = [rest, unescaped(rest), unescaped(unescaped(rest)), once, decoded(once), unescaped(once)]
    return readings.some((reading) => this.#shows(bare(reading))) ? '[withheld: it holds a part of a secret]' : clean
  }

  #shows(plain: string): boolean {
    for (let at = 0; at + PIECE <= plain.length; at += 1) if (this.#pieces.has(plain.slice(at, at + PIECE))) return true
    return false
  }
}

const PIECE = 12

/** Letters and digits alone, in lower case: no separator, however invisible, keeps two pieces of a secret apart. */
const bare = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]+/g, '')

/** The same text with the escapes of URLs, JSON and HTML undone. */
function unescaped(text: string): string {
  const character = (digits: string, base: number) => {
    const code = Number.parseInt(digits, base)
    return code <= 0x10ffff ? String.fromCodePoint(code) : ''
  }
  return text
    .replace(/%([0-9a-f]{2})/gi, (_, digits: string) => character(digits, 16))
    .replace(/\\u\{?([0-9a-f]{4,6})\}?|\\x([0-9a-f]{2})/gi, (_, long?: string, short?: string) =>
      character(long ?? short ?? '', 16),
    )
    .replace(/&#x([0-9a-f]{1,6});?/gi, (_, digits: string) => character(digits, 16))
    .replace(/&#(\d{1,7});?/g, (_, digits: string) => character(digits, 10))
}

/** Base64 runs of a text, decoded. */
const decoded = (text: string): string =>
  (text.match(/[A-Za-z0-9+/_-]{16,}/g) ?? []).map((run) => Buffer.from(run, 'base64').toString('latin1')).join(' ')

/** Every form in which a server or a library may show a secret again. */
function forms(value: string): string[] {
  const bytes = Buffer.from(value)
  const hex = bytes.toString('hex')
  const base64 = [0, 1, 2].flatMap((shift) => {
    // Inside a longer text the secret starts at one of three places of a base64 group; the characters that also hold
    // bits of its neighbours are left out on both sides.
    const text = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    const sure = text.slice(shift === 0 ? 0 : shift + 1, Math.floor(((bytes.length + shift) * 8) / 6))
    return [sure, sure.replaceAll('+', '-').replaceAll('/', '_')]
  })
  const json = JSON.stringify(value).slice(1, -1)
  const uri = encodeURIComponent(value)
  return [value, hex, hex.toUpperCase(), ...base64, json, uri, uri.toLowerCase(), [...value].reverse().join('')]
}
