/**
 * `trackly <command>`: the one way to start anything. The table below is what `trackly --help` prints; a command's
 * own module is loaded only when it runs. An invalid command line exits with status 2, a failed command with 1, both
 * with a sentence that says what to do.
 */
import packageJson from '../package.json' with { type: 'json' };
import { reasonOf, UsageError } from './commands/errors.ts';
import { showsStacks } from './config.ts';
import { OperatorError } from './platform/operator-error.ts';

interface Command {
  /** Its arguments, as --help shows them. */
  usage: string;
  does: string;
  run(args: string[]): Promise<void>;
}

const COMMANDS: Record<string, Command> = {
  serve: {
    usage: '',
    does: 'run the whole system; starts a Redis and a ClickHouse where no address is set',
    run: async (args) => (await import('./commands/serve.ts')).serve(args),
  },
  demo: {
    usage: '[remove] [--yes] [--seed <number>] [--messages <number>]',
    does: 'fill an account of its own with 30 days of made-up data, to look at every page; remove takes all of it away',
    run: async (args) => (await import('./commands/demo.ts')).demo(args),
  },
  send: {
    usage:
      '[<file> | -] [--contact <id>] [--creative <id>] [--campaign <id>] [--variant <id>] [--field <name>=<value>] [--message-id <id>] [--run <name>] [--test] [--json]',
    does: 'create messages: one, or one a row of a file (NDJSON or CSV); the account is that of TRACKLY_API_KEY',
    run: async (args) => (await import('./commands/send.ts')).send(args),
  },
  report: {
    usage:
      '<name> [--from <time>] [--to <time>] [--tz <zone>] [--by <what>] [--range-by sent|event] [--where <filter>=<value>] [--sort <column>] [--limit <rows>] [--columns <names>] [--json | --csv]',
    does: 'print a report of the account: campaigns, offers, hours, breakdown …',
    run: async (args) => (await import('./commands/report.ts')).report(args),
  },
  trace: {
    usage: '<id> [--kind click|link|message|conversion|contact] [--json]',
    does: 'print the whole story of a click, link, message, conversion or contact',
    run: async (args) => (await import('./commands/trace.ts')).trace(args),
  },
  tail: {
    usage:
      '[clicks | conversions] [--campaign <id>] [--offer <id>] [--message <id>] [--contact <id>] [--verdict human|bot] [--country <code>] [--json]',
    does: 'print clicks and conversions as they come, until it is stopped',
    run: async (args) => (await import('./commands/tail.ts')).tail(args),
  },
  mcp: {
    usage: '[--write]',
    does: 'answer an assistant over standard input and output (Model Context Protocol); it only reads without --write',
    run: async (args) => (await import('./commands/mcp.ts')).mcp(args),
  },
  redirect: role('redirect', 'run redirect processes alone, against REDIS_URL'),
  worker: role('worker', 'run a worker alone, against REDIS_URL and CLICKHOUSE_URL'),
  api: role('api', 'run the API alone, against REDIS_URL and CLICKHOUSE_URL'),
  clickhouse: role('clickhouse', 'run the embedded ClickHouse alone, with its data in DATA_DIR'),
  migrate: {
    usage: '',
    does: 'bring the schema in ClickHouse up to date and end; every role does it too when it starts',
    run: async (args) => (await import('./commands/migrate.ts')).migrateSchema(args),
  },
  backup: {
    usage: '[list | verify] [--to <place>] [--from <place>] [--backup <name>] [--follow]',
    does: 'copy an installation into a folder or s3://bucket/prefix, while it runs or not; list and verify such copies',
    run: async (args) => (await import('./commands/backup.ts')).backup(args),
  },
  restore: {
    usage: '[--from <place> [--backup <name>] [--erasures <file>]]',
    does: 'fill a Redis that lost its data from ClickHouse, or an empty installation from a backup',
    run: async (args) => (await import('./commands/restore.ts')).restore(args),
  },
  'rotate-key': {
    usage: '[--grace-hours <hours>] [--leaked]',
    does: 'make a new installation key; those before it are accepted for the grace, 72 hours',
    run: async (args) => (await import('./commands/rotate-key.ts')).rotateKey(args),
  },
  sql: {
    usage: '"SELECT …" [--format <name>]',
    does: 'run one statement in ClickHouse and print its result',
    run: async (args) => (await import('./commands/sql.ts')).sql(args),
  },
  'analyst-sql': {
    usage: '',
    does: 'print the SQL that makes the analysts’ users on a ClickHouse server of your own',
    run: async (args) => (await import('./commands/analyst-sql.ts')).printAnalystSql(args),
  },
  rejudge: {
    usage: '--from <date> [--to <date>] [--account <id>]',
    does: 'rejudge stored clicks under the current rules',
    run: async (args) => (await import('./commands/rejudge.ts')).rejudge(args),
  },
  classify: {
    usage: '< requests.ndjson',
    does: 'judge requests from standard input, one JSON object a line; needs no server',
    run: async (args) => (await import('./commands/classify.ts')).classify(args),
  },
  'rotate-admin-key': {
    usage: '',
    does: 'replace the admin key in DATA_DIR by a new one, while the system runs; the old one ends',
    run: async (args) => (await import('./commands/rotate-admin-key.ts')).rotateAdminKey(args),
  },
  spool: {
    usage: '[list | import <folder> [--incomplete] | forget <owner>]',
    does: 'look at answered clicks that wait in spools, or send those of a copied folder to Redis',
    run: async (args) => (await import('./commands/spool.ts')).spool(args),
  },
  partitions: {
    usage: '[<number>]',
    does: 'show into how many partitions the logs are divided, or change it while rows arrive, 1 to 1,024',
    run: async (args) => (await import('./commands/partitions.ts')).partitions(args),
  },
  'dead-letters': {
    usage: '[list | show <id> | replay <id>|all | discard <id>|all]',
    does: 'look at rows that could not be processed, put them back or throw them away',
    run: async (args) => (await import('./commands/dead-letters.ts')).deadLetters(args),
  },
};

function role(name: 'redirect' | 'worker' | 'api' | 'clickhouse', does: string): Command {
  return { usage: '', does, run: async (args) => (await import('./commands/serve.ts')).serve(args, name) };
}

function help(): string {
  const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length));
  return [
    'trackly <command> [arguments]     trackly <command> --help says which',
    '',
    ...Object.entries(COMMANDS).map(([name, { does }]) => `  ${name.padEnd(width)}  ${does}`),
    '',
    'Settings are environment variables; a wrong one is named at the start.',
    '',
  ].join('\n');
}

async function main([name, ...args]: string[]): Promise<void> {
  if (name === undefined) throw new UsageError(`give a command:\n\n${help()}`);
  if (['--help', '-h', 'help'].includes(name)) {
    process.stdout.write(help());
    return;
  }
  if (name === '--version') {
    console.log(packageJson.version);
    return;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    throw new UsageError(`there is no command "${name}": trackly --help lists them`);
  }
  if (args.includes('--help') || args.includes('-h')) {
    console.log(`${`trackly ${name} ${command.usage}`.trim()}\n  ${command.does}`);
    return;
  }
  try {
    await command.run(args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`${error.message}\n${`usage: trackly ${name} ${command.usage}`.trim()}`);
  }
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(`trackly: ${reasonOf(error)}`);
  const expected = error instanceof UsageError || error instanceof OperatorError;
  if (!expected && error instanceof Error && showsStacks()) console.error(error.stack);
  process.exit(error instanceof UsageError ? 2 : 1);
}
