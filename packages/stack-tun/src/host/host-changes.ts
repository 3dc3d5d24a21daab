import { type DnsConfig, HeddleError, type Logger, type StackConfig } from '@heddle/core';
import { firstUnfit, freeSlot, planSteps, type Step, stepKey } from '../pure/host-plan.js';
import type { JournalEntry, ResolvChange } from '../pure/journal-text.js';
import { type Refusal, type RunCommand, rulePriorities, runIp } from './command.js';
import { Journal } from './journal.js';
import { fateOf, ownIdentity } from './process-identity.js';
import { applyResolvConf, planResolvConf, RESOLV_CONF, resolvText, restoreResolvConf } from './resolv-conf.js';

export interface HostChangesOptions {
  readonly folder: string;
  readonly mark: number;
  readonly run: RunCommand;
  readonly log: Logger;
}

/** What one node changes of the machine: written down first, then done, and undone from what is written. */
export class HostChanges {
  readonly #options: HostChangesOptions;
  readonly #journal: Journal;
  #steps: readonly Step[] = [];
  #resolv: ResolvChange | undefined;
  #slot: number | undefined;
  #linkDns: string | undefined;

  constructor(options: HostChangesOptions) {
    this.#options = options;
    this.#journal = new Journal(options.folder);
  }

  /** Takes back what nodes have left that were killed. Addresses and routes went with their interfaces. */
  async recover(): Promise<void> {
    const self = ownIdentity();
    for (const { name, entry } of await this.#journal.read()) {
      const fate = fateOf(entry, self);
      if (fate === 'lives' || fate === 'elsewhere') continue;
      if (fate === 'died') await this.#undo(entry.steps.filter(({ bound }) => !bound));
      if (entry.resolv !== undefined) await restoreResolvConf(entry.resolv);
      await this.#journal.forget(name);
      this.#options.log.info({ pid: entry.pid }, 'took back what a killed node had changed of this machine');
    }
  }

  /** Makes the machine be as this says, where it is not yet. */
  async apply(link: string, config: StackConfig): Promise<void> {
    const unfit = firstUnfit(config);
    if (unfit !== undefined) throw new HeddleError('HEDDLE_TUN_HOST', `"${unfit}" is no address, prefix or name that can be set`);
    this.#slot ??= await this.#freeSlot();
    const refusal = await this.#change(planSteps({ link, config, mark: this.#options.mark, slot: this.#slot }));
    if (refusal?.exists) return this.#elsewhere(link, config, refusal);
    if (refusal !== undefined) throw new HeddleError('HEDDLE_TUN_HOST', refusal.text);
    await this.#applyDns(link, config.dns);
  }

  /** What the kernel forgot when the interface was down. */
  async repeat(): Promise<void> {
    for (const family of [4, 6] as const) {
      const lines = this.#steps.filter((step) => step.family === family && step.bound && step.undo.length > 0).map(({ run }) => run);
      await runIp(this.#options.run, family, lines, true);
    }
  }

  /** All as it was before. */
  async undo(): Promise<void> {
    await this.#undo(this.#steps);
    this.#steps = [];
    await this.#undoDns();
    await this.#journal.erase();
  }

  async #freeSlot(): Promise<number> {
    const slot = freeSlot(await rulePriorities(this.#options.run));
    if (slot === undefined)
      throw new HeddleError('HEDDLE_TUN_HOST', 'all numbers for routing rules are taken (ip rule show): end some nodes');
    return slot;
  }

  /** Another node was faster with the rules of the slot. */
  async #elsewhere(link: string, config: StackConfig, refusal: Refusal): Promise<void> {
    const before = this.#slot;
    this.#slot = await this.#freeSlot();
    if (this.#slot === before) throw new HeddleError('HEDDLE_TUN_HOST', refusal.text);
    await this.apply(link, config);
  }

  /** From the steps that are done to these. What the system refuses is undone as far as it was done. */
  async #change(wanted: readonly Step[]): Promise<Refusal | undefined> {
    const have = new Set(this.#steps.map(stepKey));
    const want = new Set(wanted.map(stepKey));
    const fresh = wanted.filter((step) => !have.has(stepKey(step)));
    const gone = this.#steps.filter((step) => !want.has(stepKey(step)));
    if (fresh.length + gone.length === 0) return undefined;
    await this.#write([...this.#steps, ...fresh], this.#resolv);
    await this.#undo(gone);
    this.#steps = this.#steps.filter((step) => want.has(stepKey(step)));
    const refusal = await this.#do(fresh);
    await this.#write(this.#steps, this.#resolv);
    return refusal;
  }

  async #do(steps: readonly Step[]): Promise<Refusal | undefined> {
    const before = this.#steps;
    for (const family of [4, 6] as const) {
      const own = steps.filter((step) => step.family === family);
      const lines = own.map(({ run }) => run);
      const refusal = await runIp(this.#options.run, family, lines, false);
      this.#steps = [...this.#steps, ...own.slice(0, refusal?.done)];
      if (refusal === undefined) continue;
      await this.#undo(this.#steps.slice(before.length));
      this.#steps = before;
      return refusal;
    }
    return undefined;
  }

  /** What is not there any more is no failure. */
  async #undo(steps: readonly Step[]): Promise<void> {
    for (const family of [4, 6] as const) {
      const lines = steps.filter((step) => step.family === family && step.undo.length > 0).map(({ undo }) => undo);
      await runIp(this.#options.run, family, lines.reverse(), true);
    }
  }

  async #applyDns(link: string, dns: DnsConfig | undefined): Promise<void> {
    if (dns === undefined || dns.servers.length === 0) return this.#undoDns();
    if (await this.#tellResolved(link, dns)) return;
    if (this.#resolv?.after === resolvText(dns)) return;
    await this.#undoDns();
    const resolv = await planResolvConf(RESOLV_CONF, dns);
    await this.#write(this.#steps, resolv);
    this.#resolv = resolv;
    await applyResolvConf(resolv);
  }

  /** systemd-resolved forgets what belongs to an interface together with it. False: it does not run here. */
  async #tellResolved(link: string, { servers, search }: DnsConfig): Promise<boolean> {
    const told = await this.#options.run(['resolvectl', 'dns', link, ...servers]);
    if (told.code !== 0) return false;
    this.#linkDns = link;
    await this.#options.run(['resolvectl', 'domain', link, ...(search.length > 0 ? search : ['~.'])]);
    return true;
  }

  async #undoDns(): Promise<void> {
    const link = this.#linkDns;
    this.#linkDns = undefined;
    if (link !== undefined) await this.#options.run(['resolvectl', 'revert', link]);
    const resolv = this.#resolv;
    if (resolv === undefined) return;
    await restoreResolvConf(resolv);
    this.#resolv = undefined;
    await this.#write(this.#steps, undefined);
  }

  #write(steps: readonly Step[], resolv: ResolvChange | undefined): Promise<void> {
    const entry: JournalEntry = { ...ownIdentity(), steps, ...(resolv !== undefined && { resolv }) };
    return this.#journal.write(entry);
  }
}
