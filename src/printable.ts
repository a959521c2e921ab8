/**
 * Text that others wrote (a server, a library, an input) made fit for a log line or for Markdown. Nothing that a server
 * says may become a runner command, markup, a link or a terminal escape.
 */

/**
 * Control characters and line ends of every kind, ANSI escapes with them; characters that are not seen or that turn
 * the direction of reading; unpaired surrogates go by `toWellFormed`.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}]+/gu

/**
 * One line of plain text, at most `longest` characters (300 unless told).
 *
 * The runner takes `::name::` at a line's start and `##[name]` anywhere in a line for a command, so both are broken up.
 */
export function printable(text: string, longest = 300): string {
  const line = text
    .toWellFormed()
    .replace(UNSEEN, ' ')
    .replace(/\s+/g, ' ')
    .replaceAll('##[', '# # [')
    .replaceAll('::', ': :')
    .trim()
  // The cut may go through a character of two units.
  return line.length > longest ? `${line.slice(0, longest - 1).toWellFormed()}…` : line
}

/**
 * The same as a Markdown code span: GitHub reads no link, mention, image, HTML or table cell inside one. Backticks and
 * bars, which could end the span or the cell, are replaced by characters that look alike.
 */
export function code(text: string, longest = 300): string {
  const inside = printable(text, longest).replaceAll('`', 'ˋ').replaceAll('|', '¦')
  return inside === '' ? '' : `\`${inside}\``
}
