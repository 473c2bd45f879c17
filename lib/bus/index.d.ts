/// <reference types="node" />

import type { Bytes, Handle, SignalOptions, Token } from '../../index.js';
import type { Iteration } from '../toolkit.js';

export {
  AbortError,
  type Bytes,
  type FreeAllResult,
  type FreeMessage,
  type FreeOptions,
  freeAll,
  GoPanicError,
  Handle,
  HandleFreedError,
  type HandleInfo,
  HandleInvalidError,
  HandleLimitError,
  type HandleState,
  HandleTypeError,
  handles,
  type LeakMessage,
  metrics,
  type OpenMessage,
  type OpInfo,
  type Outcome,
  QuiesceError,
  ReleaseFailedError,
  type ShareOptions,
  type SignalOptions,
  type Stats,
  stats,
  type TimeoutMessage,
  type Token,
  WouldDeadlockError,
} from '../../index.js';
export type { Iteration } from '../toolkit.js';

/** What an event carries: bytes, or a string as UTF-8. They are copied before the call returns. */
export type Data = string | Bytes;

/** Names and values of an event's headers. Names are printable ASCII; values have no control characters. */
export type Headers = Record<string, string>;

/** How to reach NATS by TLS, as in `node:tls`. */
export interface TlsOptions {
  /** The authorities to trust, in PEM; without it those of the system. */
  ca?: string | Buffer | undefined;
  /** This client's certificate, in PEM. */
  cert?: string | Buffer | undefined;
  /** Its key, in PEM. */
  key?: string | Buffer | undefined;
  /** The name that the server's certificate must have, if it is not the one that was connected to. */
  servername?: string | undefined;
  /** `false` trusts any certificate: for tests. */
  rejectUnauthorized?: boolean | undefined;
}

/** What NATS asks for. `file` is a credentials file with a JWT, `seed` the seed of an nkey. */
export type Credentials =
  | { user: string; password: string }
  | { token: string }
  | { file: string | URL }
  | { seed: string };

/** The options of {@link Bus.open}. Without `dir` and `servers` the bus is in this process's memory. */
export type OpenOptions = SignalOptions &
  (
    | {
        /** No directory: `dir: process.env.EVENTS` is a bus in memory where that is not set. */
        dir?: string | URL | undefined;
        sync?: undefined;
        servers?: undefined;
        credentials?: undefined;
        tls?: undefined;
        timeout?: undefined;
      }
    | {
        /** A directory, which is made if it is missing. One process at a time can have it open. */
        dir: string | URL;
        /** `'always'`: what was acknowledged is on the disk, not only with the kernel. Much slower. */
        sync?: 'always' | undefined;
        servers?: undefined;
        credentials?: undefined;
        tls?: undefined;
        timeout?: undefined;
      }
    | {
        /** One or more of the NATS servers, such as `'nats://host:4222'`; the others are learned from these. */
        servers: string | readonly string[];
        credentials?: Credentials | undefined;
        tls?: true | TlsOptions | undefined;
        /**
         * How long to try to connect, in ms.
         *
         * @defaultValue 5000
         */
        timeout?: number | undefined;
        dir?: undefined;
        sync?: undefined;
      }
  );

/** What a topic keeps. What is beyond a limit is removed from its front. */
export interface TopicLimits {
  /** At most so many events. */
  maxEvents?: number | undefined;
  /** At most so many bytes, as the backend counts them. In memory 64 MiB unless given. */
  maxBytes?: number | undefined;
  /** Nothing older than so many ms. */
  maxAge?: number | undefined;
  /** On a cluster: how many servers keep the topic, 1 to 5. Three unless given. */
  replicas?: number | undefined;
}

/** The options of {@link Bus.topic}. Those that are given replace all limits of a topic that exists. */
export interface TopicOptions extends TopicLimits, SignalOptions {}

/** The options of {@link Topic.post}. */
export interface EventOptions {
  /** Headers of the event. Names that begin with `Nats-` or `Quiesce-` are reserved. */
  headers?: Headers | undefined;
  /** An event whose id was published to the topic within the last two minutes is not stored again. */
  id?: string | undefined;
}

/** The options of {@link Topic.publish}. */
export interface PublishOptions extends EventOptions, SignalOptions {}

/** An event of a batch that has more than data. */
export interface NewEvent extends EventOptions {
  data: Data;
}

/** What all subscriptions have as options. */
interface CommonSubscribeOptions extends SignalOptions {
  /**
   * Where to start: at the first event that is there, at the last one, after it, at a number, or at the first event
   * of that time or later. A group that exists goes on where it is.
   *
   * @defaultValue `'new'`, and `'first'` for a group
   */
  from?: 'first' | 'last' | 'new' | number | Date | undefined;
  /** Have the iteration give lists of 1 to so many events. */
  batch?: number | undefined;
  /**
   * A member never holds more events that are not acked; a plain subscription prefetches no more.
   *
   * @defaultValue 256 for a member, 4096 else
   */
  maxInFlight?: number | undefined;
}

/** The options of {@link Topic.subscribe} for a subscription that sees all events. */
export interface PlainOptions extends CommonSubscribeOptions {
  group?: undefined;
  ackWait?: undefined;
  /**
   * What to do when the topic's limits have removed events that it has not taken: `'error'` rejects with
   * `ERR_EVENTS_LOST`, and a further iteration goes on after them; `'skip'` goes on and counts them.
   *
   * @defaultValue `'error'`
   */
  lost?: 'error' | 'skip' | undefined;
}

/** The options of {@link Topic.subscribe} for a member of a group. */
export interface MemberOptions extends CommonSubscribeOptions {
  /** The group: each event goes to one of its members. */
  group: string;
  /**
   * How long members may take to ack an event, in ms; after it the event is delivered again. It is the group's: what
   * is given counts for all members, for what is handed out from then on; where none is given it stays as it is.
   *
   * @defaultValue 30000 for a new group
   */
  ackWait?: number | undefined;
  lost?: undefined;
}

/** The options of {@link Topic.subscribe}. */
export type SubscribeOptions = PlainOptions | MemberOptions;

/** The state of a topic. */
export interface TopicStats {
  /** Events and bytes that are there. */
  events: number;
  bytes: number;
  /** Number of the first event that is there; of the next one if there is none. */
  first: number;
  /** Number of the last event ever; 0 before the first. */
  last: number;
  /** Subscriptions of this process. */
  subscriptions: number;
  /** Posts of this process that are not stored yet, and that could not be stored. */
  posted: number;
  failed: number;
  /** What applies; what has no limit is left out. */
  limits: { maxEvents?: number; maxBytes?: number; maxAge?: number; replicas?: number };
  /** Its groups, by name. */
  groups: GroupStats[];
}

/** The state of a group. */
export interface GroupStats {
  name: string;
  /** Events that it has still to deliver for the first time. */
  pending: number;
  /** Events that were delivered and not acked. */
  inFlight: number;
  /** Deliveries beyond the first. */
  redelivered: number;
}

/** The state of a subscription. */
export interface SubscriptionStats {
  /** Events that it has fetched. */
  delivered: number;
  /** Of a member: those that are not acked. */
  inFlight: number;
  /** Events that limits had removed before it took them. */
  lost: number;
}

/** A set of topics, for all threads of the process. Its topics are its children. */
export class Bus extends Handle {
  private constructor();

  /**
   * Opens a bus: in memory, in a directory, or on NATS servers.
   *
   * Async. Rejects with `ERR_BUS_DIR_IN_USE`, `ERR_BUS_DIR`, `ERR_BUS_DISK_FULL`, `ERR_BUS_UNREACHABLE`,
   * `ERR_BUS_CREDENTIALS`.
   */
  static open(options?: OpenOptions): Promise<Bus>;

  /** Attaches to a bus that another thread has opened. Sync. */
  static attach(token: Token): Bus;

  /**
   * Opens a topic, and makes it if there is none. Each call opens a handle of its own.
   *
   * @param name - 1 to 200 letters of ASCII, digits, `-`, `_`, and single dots between them.
   */
  topic(name: string, options?: TopicOptions): Promise<Topic>;

  /** The names of all topics, sorted. */
  topics(options?: SignalOptions): Promise<string[]>;

  /** Deletes a topic with its events and groups. Rejects with `ERR_TOPIC_NOT_FOUND` if there is none. */
  deleteTopic(name: string, options?: SignalOptions): Promise<void>;

  /** Waits until all posts of this process are stored. Rejects with the first failure of a post since it was told. */
  flush(options?: SignalOptions): Promise<void>;
}

/** An append-only log of events, numbered from 1. Its subscriptions are its children. */
export class Topic extends Handle {
  private constructor();

  /** Attaches to a topic that another thread has opened. Sync. */
  static attach(token: Token): Topic;

  readonly name: string;

  /** How many bytes of data, headers and id an event may have together. In a directory and on servers each header takes two bytes more. */
  readonly maxEventBytes: number;

  /**
   * Publishes an event. The promise is for its number, and resolves when the backend has it: see the table of
   * guarantees in docs/bus.md. Awaiting it holds the publisher back while subscribers are far behind.
   *
   * Rejects with `ERR_EVENT_TOO_LARGE`, `ERR_BUS_DISK_FULL`, `ERR_BUS_TIMEOUT`, `ERR_BUS_UNREACHABLE`.
   */
  publish(data: Data, options?: PublishOptions): Promise<number>;

  /** Publishes events in their order, and resolves for their numbers. */
  publishBatch(events: readonly (Data | NewEvent)[], options?: SignalOptions): Promise<number[]>;

  /**
   * Takes an event to store it soon. Sync, and never waits.
   *
   * @returns Whether there is room for more; where there is none, wait for {@link Topic.drain}.
   * @throws Error `ERR_BUS_OVERLOADED` when far too much was posted without waiting; the event is not taken.
   */
  post(data: Data, options?: EventOptions): boolean;

  /** Waits for room to post. Rejects with the first failure of a post since it was told. */
  drain(options?: SignalOptions): Promise<void>;

  /**
   * Reads up to `count` (1 unless given) events, from a number on. Where limits have removed that one, it begins with the
   * first event that is there.
   */
  read(seq: number, count?: number, options?: SignalOptions): Promise<BusEvent[]>;

  /** Subscribes. What is published after the promise has resolved is seen by a subscription from `'new'`. */
  subscribe(options: MemberOptions & { batch: number }): Promise<Subscription<GroupEvent[]>>;
  subscribe(options: MemberOptions & { batch?: undefined }): Promise<Subscription<GroupEvent>>;
  subscribe(options: PlainOptions & { batch: number }): Promise<Subscription<BusEvent[]>>;
  subscribe(options?: PlainOptions & { batch?: undefined }): Promise<Subscription<BusEvent>>;
  subscribe(options: SubscribeOptions): Promise<Subscription<BusEvent | BusEvent[]>>;

  /** Forgets a group. Its members' iterations reject with `ERR_GROUP_NOT_FOUND`. */
  deleteGroup(name: string, options?: SignalOptions): Promise<void>;

  /** The state of the topic and its groups. */
  stats(options?: SignalOptions): Promise<TopicStats>;

  /** The events that are there now, as bytes for {@link Topic.restore}, of this backend or another. */
  snapshot(options?: SignalOptions): Iteration<Uint8Array>;

  /**
   * Fills a topic that has no events. Numbers, times, data and headers are as they were; resolves for how many.
   *
   * Rejects with `ERR_TOPIC_NOT_EMPTY`, `ERR_SNAPSHOT_INVALID`, or what the source failed with; nothing is left of
   * it then.
   */
  restore(
    source: AsyncIterable<ArrayBufferView> | Iterable<ArrayBufferView>,
    options?: SignalOptions,
  ): Promise<number>;
}

/**
 * A position in a topic, or a member of a group: an async iterable of events, for `for await` and `Readable.from()`.
 * Leaving the loop frees it.
 */
export class Subscription<T = BusEvent> extends Handle implements AsyncIterable<T> {
  private constructor();

  /** Attaches to a subscription of another thread: each event goes to one of the two. Sync. */
  static attach<T = BusEvent>(token: Token): Subscription<T>;

  /**
   * The iterator, always the same. When this wrapper is freed or detached it ends; when somebody else frees the
   * subscription, its topic or its bus, it rejects with `ERR_HANDLE_FREED`.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<T>;

  /**
   * Ends the iteration plainly, also one that waits. The subscription stays until it is freed: events that were handed
   * out can still be acked. Sync.
   */
  end(): void;

  /**
   * Tells the group that an event is done, after what this thread has posted. False if the event is not this member's any
   * more; of a subscription that was freed it throws `ERR_HANDLE_FREED`. Sync.
   */
  ack(event: BusEvent | number): boolean;

  /** Gives an event back to the group, for delivery after `delay` ms (0 unless given). Sync. */
  nak(event: BusEvent | number, options?: { delay?: number | undefined }): boolean;

  /** The state of the subscription. Sync. */
  stats(): SubscriptionStats;
}

/** An event that was read. It keeps the page alive that it came with, up to 128 KiB. */
export class BusEvent {
  private constructor();

  /** Its number in the topic. */
  readonly seq: number;
  /** When it was published, to the millisecond. */
  readonly time: Date;
  readonly data: Buffer;
  readonly headers: Headers;
  /** How often its group has delivered it by now, this time included; 0 without a group. */
  readonly deliveries: number;

  /** The data as UTF-8. */
  text(): string;

  /** The data as JSON. Throws the SyntaxError of `JSON.parse()` if it is none. */
  json(): unknown;

  /** What `JSON.stringify()` takes. */
  toJSON(): { seq: number; time: Date; data: Buffer; headers: Headers };
}

/** An event of a group. */
export interface GroupEvent extends BusEvent {
  /** Tells the group that the event is done. False if it is not this member's any more. Sync. */
  ack(): boolean;

  /** Gives the event back to the group, for delivery after `delay` ms (0 unless given). Sync. */
  nak(options?: { delay?: number | undefined }): boolean;
}
