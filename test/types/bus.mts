// quiesce/bus.

import { Readable } from 'node:stream';
import * as all from 'quiesce/bus';
import {
  Bus,
  BusEvent,
  type Credentials,
  type Data,
  type GroupEvent,
  type GroupStats,
  type Handle,
  type Headers,
  type Iteration,
  type OpenOptions,
  type Outcome,
  type SubscribeOptions,
  Subscription,
  type SubscriptionStats,
  type Token,
  Topic,
  type TopicLimits,
  type TopicStats,
} from 'quiesce/bus';
import { exactly } from './helpers.mjs';

declare const signal: AbortSignal;
declare const maybe: AbortSignal | undefined;
declare const someOptions: OpenOptions;
declare const token: Token;

// Opening.
exactly<Promise<Bus>>()(Bus.open());
Bus.open({});
Bus.open({ signal });
Bus.open({ signal: maybe });
Bus.open({ dir: 'x' });
Bus.open({ dir: new URL('file:///x'), sync: 'always', signal });
Bus.open({ servers: 'nats://x' });
Bus.open({ servers: ['nats://x', 'nats://y'] as const, timeout: 100, tls: true, signal });
Bus.open({ servers: 'x', tls: { ca: 'x', cert: Buffer.alloc(1), key: 'x', servername: 'x' } });
Bus.open({ servers: 'x', tls: { rejectUnauthorized: false } });
Bus.open(someOptions);
Bus.open({ dir: process.env.EVENTS });
for (const credentials of [
  { user: 'u', password: 'p' },
  { token: 't' },
  { file: 'f' },
  { file: new URL('file:///f') },
  { seed: 's' },
] satisfies Credentials[]) {
  Bus.open({ servers: 'x', credentials });
}
// @ts-expect-error: a directory or servers, not both
Bus.open({ dir: 'x', servers: 'x' });
// @ts-expect-error: sync goes with a directory
Bus.open({ sync: 'always' });
// @ts-expect-error: 'always' is all that sync can be
Bus.open({ dir: 'x', sync: true });
// @ts-expect-error: credentials go with servers
Bus.open({ dir: 'x', credentials: { token: 't' } });
// @ts-expect-error: credentials go with servers
Bus.open({ credentials: { token: 't' } });
// @ts-expect-error: a user has a password
Bus.open({ servers: 'x', credentials: { user: 'u' } });
// @ts-expect-error: a slip of the pen
Bus.open({ directory: 'x' });
// @ts-expect-error: opened, not constructed
new Bus();
const bus = await Bus.open();
bus satisfies Handle;
exactly<Bus>()(Bus.attach(token));
// @ts-expect-error: a token is a number
Bus.attach('x');

// The bus.
exactly<Promise<Topic>>()(bus.topic('x'));
bus.topic('x', { maxEvents: 1, maxBytes: 1, maxAge: 1, replicas: 3, signal: maybe } satisfies TopicLimits & {
  signal: AbortSignal | undefined;
});
// @ts-expect-error: limits are numbers
bus.topic('x', { maxEvents: '1' });
// @ts-expect-error: a topic has a name
bus.topic();
exactly<Promise<string[]>>()(bus.topics());
exactly<Promise<void>>()(bus.deleteTopic('x', { signal }));
exactly<Promise<void>>()(bus.flush({ signal }));
exactly<Promise<Outcome>>()(bus.free({ deadline: 1000 }));

// Publishing.
const topic = await bus.topic('x');
topic satisfies Handle;
exactly<string>()(topic.name);
exactly<number>()(topic.maxEventBytes);
// @ts-expect-error: the name is read-only
topic.name = 'y';
exactly<Promise<number>>()(topic.publish('x'));
const data: Data[] = [
  'x',
  Buffer.alloc(1),
  new Uint16Array(1),
  new DataView(new ArrayBuffer(1)),
  new ArrayBuffer(1),
];
data.push(new SharedArrayBuffer(1));
for (const each of data) topic.publish(each, { headers: { a: 'b' }, id: 'x', signal });
topic.publish('x', { headers: undefined, id: undefined, signal: maybe });
// @ts-expect-error: no plain objects
topic.publish({ a: 1 });
// @ts-expect-error: no lists of numbers
topic.publish([1]);
// @ts-expect-error: values are strings
topic.publish('x', { headers: { a: 1 } });
// @ts-expect-error: no such option
topic.publish('x', { key: 'x' });
exactly<Promise<number[]>>()(topic.publishBatch(['x', Buffer.alloc(1), { data: 'x', headers: {}, id: 'x' }]));
topic.publishBatch(['x'] as const, { signal });
// @ts-expect-error: data is needed
topic.publishBatch([{ id: 'x' }]);
// @ts-expect-error: a list
topic.publishBatch('x');
exactly<boolean>()(topic.post('x'));
exactly<boolean>()(topic.post('x', { headers: { a: 'b' }, id: 'x' }));
// @ts-expect-error: post() does not wait
topic.post('x', { signal });
exactly<Promise<void>>()(topic.drain({ signal }));

// Reading.
exactly<Promise<BusEvent[]>>()(topic.read(1));
topic.read(1, 10, { signal });
// @ts-expect-error: numbers are numbers
topic.read(1n);
const [event] = await topic.read(1);
if (event) {
  exactly<number>()(event.seq);
  exactly<Date>()(event.time);
  exactly<Buffer>()(event.data);
  exactly<Headers>()(event.headers);
  exactly<number>()(event.deliveries);
  exactly<string>()(event.text());
  exactly<unknown>()(event.json());
  exactly<{ seq: number; time: Date; data: Buffer; headers: Headers }>()(event.toJSON());
  // @ts-expect-error: nobody changes an event
  event.seq = 2;
  // @ts-expect-error: nothing to ack without a group
  event.ack();
}
// @ts-expect-error: events are read, not constructed
new BusEvent();

// Subscribing.
exactly<Promise<Subscription<BusEvent>>>()(topic.subscribe());
exactly<Promise<Subscription<BusEvent>>>()(
  topic.subscribe({ from: 'first', maxInFlight: 1, lost: 'skip', signal }),
);
exactly<Promise<Subscription<BusEvent[]>>>()(topic.subscribe({ batch: 10 }));
exactly<Promise<Subscription<GroupEvent>>>()(topic.subscribe({ group: 'g', ackWait: 1000 }));
exactly<Promise<Subscription<GroupEvent[]>>>()(topic.subscribe({ group: 'g', batch: 10 }));
for (const from of ['first', 'last', 'new', 1, new Date(), undefined] as const) topic.subscribe({ from });
// @ts-expect-error: no such place
topic.subscribe({ from: 'begin' });
declare const wide: SubscribeOptions;
exactly<Promise<Subscription<BusEvent | BusEvent[]>>>()(topic.subscribe(wide));
// @ts-expect-error: only members ack
topic.subscribe({ ackWait: 5 });
// @ts-expect-error: a group tells of no lost events
topic.subscribe({ group: 'g', lost: 'skip' });
// @ts-expect-error: no such policy
topic.subscribe({ lost: 'ignore' });
// @ts-expect-error: a name
topic.subscribe({ group: 1 });
const plain = await topic.subscribe();
plain satisfies Handle;
for await (const each of plain) exactly<BusEvent>()(each);
for await (const list of await topic.subscribe({ batch: 2 })) exactly<BusEvent[]>()(list);
const member = await topic.subscribe({ group: 'g' });
for await (const each of member) {
  exactly<GroupEvent>()(each);
  exactly<boolean>()(each.ack());
  exactly<boolean>()(each.nak());
  exactly<boolean>()(each.nak({ delay: 10 }));
  exactly<boolean>()(member.ack(each));
  exactly<boolean>()(member.ack(each.seq));
  exactly<boolean>()(member.nak(each, { delay: undefined }));
  // @ts-expect-error: a number of ms
  each.nak({ delay: '1s' });
  // @ts-expect-error: an event, or its number
  member.ack('1');
}
for await (const list of await topic.subscribe({ group: 'g', batch: 2 })) exactly<GroupEvent[]>()(list);
exactly<void>()(member.end());
exactly<SubscriptionStats>()(member.stats());
exactly<AsyncIterableIterator<GroupEvent>>()(member[Symbol.asyncIterator]());
exactly<Subscription<BusEvent>>()(Subscription.attach(token));
exactly<Subscription<GroupEvent>>()(Subscription.attach<GroupEvent>(token));
exactly<Topic>()(Topic.attach(token));
Readable.from(plain);
{
  await using disposed = await topic.subscribe();
  disposed satisfies AsyncIterable<BusEvent>;
}
exactly<Promise<void>>()(topic.deleteGroup('g', { signal }));

// State and snapshots.
exactly<Promise<TopicStats>>()(topic.stats({ signal }));
const { groups, limits, first } = await topic.stats();
exactly<GroupStats[]>()(groups);
exactly<number>()(first);
limits.maxEvents satisfies number | undefined;
exactly<Iteration<Uint8Array>>()(topic.snapshot({ signal }));
exactly<Promise<number>>()(topic.restore(topic.snapshot()));
topic.restore(Readable.from([]), { signal });
topic.restore([new Uint8Array(1), Buffer.alloc(1), new DataView(new ArrayBuffer(1))]);
// @ts-expect-error: no strings
topic.restore(['x']);
// @ts-expect-error: bytes come in a list or a stream
topic.restore(topic);

all satisfies { Bus: unknown; Topic: unknown; Subscription: unknown; BusEvent: unknown; freeAll: unknown };
// @ts-expect-error: there is no default export
all.default;
// @ts-expect-error: it is for the library only
all.Restore;
