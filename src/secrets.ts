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

  /**
   * Takes a secret into account from now on, in every form `redact` knows, line by line where it has several (a PEM key).
   * Values shorter than 8 characters are passed over.
   */
  add(secret: string): void {
    for (const part of new Set([secret, ...secret.split(/\r?\n/)])) {
      const value = part.trim()
      if (value.length < SHORTEST || value.startsWith('-----')) continue
      for (const form of forms(value)) if (form.length >= SHORTEST) this.#needles.add(form)
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
}

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
