import { type Expression, minifySync, parseSync } from '@swc/core'

/**
 * Modules that nothing here uses, by words that stand in no other one. Node would read them at every start, and run the
 * first of them.
 */
const LEFT_OUT = [
  // HTTP/2, which http.ts does not speak; undici does without it where Node does.
  /\("node:http2"\)/,
  // The two builds of undici's experimental parser, which index.ts keeps switched off.
  /= new WebAssembly\.Module\(\s*Buffer\.from\(/,
]

/**
 * The same code in ASCII, without comments, blanks, and what nobody calls, and with short names for what has none to the
 * outside: half of it for Node to read before the first byte goes out. Functions and classes keep their names, so that a
 * stack can be read.
 */
export function press(code: string): string {
  const keep = { keep_classnames: true, keep_fnames: true }
  const { code: pressed } = minifySync(eachModule(code, withoutUnused), {
    module: true,
    compress: keep,
    mangle: keep,
    format: { comments: false, asciiOnly: true },
  })
  return eachModule(pressed, wrapped)
}

/** Whoever calls it after all is told, and whoever can do without it does. */
const withoutUnused = (module: string): string =>
  LEFT_OUT.some((words) => words.test(module)) ? "()=>{throw new Error('left out of the bundle')}" : module

/**
 * Puts the parentheses back that webpack writes around each module. V8 takes a function in parentheses for one that is
 * called soon and compiles it at once; without them it reads every module twice, and the start takes longer than before.
 */
const wrapped = (module: string): string => `(${module})`

/** The code with each of webpack's modules in it, a function that stands in a table by its number, changed. */
function eachModule(code: string, change: (module: string) => string): string {
  const bytes = Buffer.from(code)
  const { body, span } = parseSync(code, { syntax: 'ecmascript' })
  const parts: Buffer[] = []
  let done = 0
  for (const item of body) {
    const declaration = item.type === 'ExportDeclaration' ? item.declaration : item
    for (const { init } of declaration.type === 'VariableDeclaration' ? declaration.declarations : []) {
      const table = init && bare(init)
      for (const property of table?.type === 'ObjectExpression' ? table.properties : []) {
        if (property.type !== 'KeyValueProperty') continue
        const module = bare(property.value)
        if (module.type !== 'ArrowFunctionExpression' && module.type !== 'FunctionExpression') continue
        const [start, end] = [module.span.start - span.start, module.span.end - span.start]
        parts.push(bytes.subarray(done, start), Buffer.from(change(bytes.subarray(start, end).toString())))
        done = end
      }
    }
  }
  return Buffer.concat([...parts, bytes.subarray(done)]).toString()
}

/** Without the parentheses around it. */
function bare(expression: Expression): Expression {
  return expression.type === 'ParenthesisExpression' ? bare(expression.expression) : expression
}
