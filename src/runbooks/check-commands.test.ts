import {expect, test} from 'vitest'
import {commandProblems, commandTemplates} from './check-commands.ts'
import {scanSource} from './check-scan.ts'

function problems(source: string): readonly string[] {
  return commandTemplates(scanSource(source).tokens)
    .flatMap(commandProblems)
    .map(({code, value, command}) => `${code} ${value} ${command}`)
}

test.each([
  // Quotes around a value.
  ['$`echo "${x}"`', ['quoted-value x echo']],
  ["$`psql -c 'select ${x}'`", ['quoted-value x psql']],
  ['$`echo "a" ${x} "b"`', []],
  ['$`echo "it\'s" "${x}"`', ['quoted-value x echo']],
  ['$`echo \\\\"a ${x}`', []],
  ['$`echo "$(cat -- ${x})"`', []],
  ['$`echo "$(cat \'${x}\')"`', ['quoted-value x cat']],
  ['$`echo "$(date)" "${x}"`', ['quoted-value x ?']],
  ['$`cat <<EOF\n"${x}"\nEOF`', []],
  // Values that may be options.
  ['$`rm ${file}`', ['leading-dash file rm']],
  ['$`rm -- ${file}`', []],
  ['$`rm -rf ${file}`', []],
  ['$`systemctl restart ${unit}`', ['leading-dash unit systemctl']],
  ['$`systemctl restart app@${unit}`', []],
  ['$`cp -- ${a} ${b}`', []],
  ['$`cp -t ${a} ${b}`', ['leading-dash b cp']],
  ['$`curl --data=${a} --url ${b}`', []],
  ['$`tar -C ${dir} -xf ${file}`', []],
  ['$`sudo -u postgres psql ${x}`', ['leading-dash x psql']],
  ['$`sudo rm ${x}`', ['leading-dash x rm']],
  ['$`LANG=C sort ${x}`', ['leading-dash x sort']],
  ['$`echo ${x}; cat ${y}`', ['leading-dash y cat']],
  ['$`grep a | cat ${y}`', ['leading-dash y cat']],
  ['$`${program} --version`', []],
  ["$`printf '%s' ${x}`", []],
  ['$`printf ${x}`', ['leading-dash x printf']],
  ['$`cat < ${x} > ${y}`', []],
  ['$`sleep ${seconds}`', []],
  ['$`test -f ${x} && rm ${x}`', ['leading-dash x rm']],
  // Values that cannot begin with a dash.
  ['$`kill ${pid}; seq ${3}`', []],
  ["$`cat ${'/etc/hosts'} ${`./${x}`}`", []],
  ["$`cat ${'-n'} ${`${x}/a`}`", ["leading-dash '-n' cat", 'leading-dash `${x}/a` cat']],
  // What is a command at all.
  ['const reads = $({reads: true}); reads`cat ${x}`', ['leading-dash x cat']],
  ['$({nothrow: true, env: {A: f()}})`cat ${x}`', ['leading-dash x cat']],
  ['context.$`cat ${x}`', ['leading-dash x cat']],
  ['const sh = context.$; sh`cat ${x}`', ['leading-dash x cat']],
  ['async ({$: sh}) => { await sh`cat ${x}` }', ['leading-dash x cat']],
  ['title: `cat "${x}"`', []],
  ['sql`select "${x}"`', []],
  ['// $`rm "${x}"`\n"$`rm ${x}`"', []],
  ['log(`ran ${await $`cat ${x}`}`)', ['leading-dash x cat']],
])('%j', (source, wanted) => {
  expect(problems(source)).toEqual(wanted)
})
