// freeAll(), handles(), metrics(), stats(), and the messages of the channels.

import {
  type FreeAllResult,
  type FreeMessage,
  freeAll,
  type HandleInfo,
  type HandleState,
  handles,
  type LeakMessage,
  metrics,
  type OpenMessage,
  type OpInfo,
  type Outcome,
  type ReleaseFailedError,
  type Stats,
  stats,
  type TimeoutMessage,
  type Token,
} from 'quiesce';
import { exactly } from './helpers.mjs';

exactly<Promise<FreeAllResult>>()(freeAll());
freeAll({ deadline: 10 });
// @ts-expect-error: the deadline is an option
freeAll(10);
const all = await freeAll();
exactly<number>()(all.drained);
exactly<number>()(all.alreadyFreeing);
exactly<number>()(all.timedOut);
exactly<ReleaseFailedError[]>()(all.errors);
all.errors satisfies Error[];

exactly<HandleInfo[]>()(handles());
// @ts-expect-error: it takes nothing
handles('MappedFile');
for (const info of handles()) {
  exactly<Token>()(info.token);
  exactly<string>()(info.class);
  exactly<HandleState>()(info.state);
  exactly<number>()(info.inFlight);
  exactly<OpInfo[]>()(info.ops);
  exactly<number>()(info.attachments);
  exactly<number | undefined>()(info.parent);
  exactly<number>()(info.age);
  exactly<string | undefined>()(info.site);
  for (const op of info.ops) exactly<{ method: string; count: number; age: number }>()({ ...op });
  // @ts-expect-error: no such state
  if (info.state === 'freed') break;
}

exactly<Stats>()(stats());
const counts: Record<keyof Stats, number> = stats();
export const names: (keyof typeof counts)[] = [
  'live',
  'freeing',
  'abandoned',
  'opened',
  'released',
  'ops',
  'slots',
  'retired',
  'mapped',
  'drained',
  'timedOut',
  'alreadyFreeing',
  'failed',
  'leaked',
];
// @ts-expect-error: no such count
stats().closed;

exactly<string>()(metrics());
// @ts-expect-error: it takes nothing
metrics('quiesce_');

declare const messages: [OpenMessage, FreeMessage, TimeoutMessage, LeakMessage];
const [opened, freed, timedOut, leaked] = messages;
exactly<Token>()(opened.token);
exactly<Outcome>()(freed.outcome);
exactly<number>()(freed.duration);
exactly<ReleaseFailedError | undefined>()(freed.error);
exactly<OpInfo[]>()(timedOut.ops);
exactly<string | undefined>()(leaked.site);
// @ts-expect-error: no such way
if (freed.by === 'exit') opened;
