/** The open requests of the API: which are cut when a right ends. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OpenRequests } from '../../../src/access/open-requests.ts';

const RECORD = 'api_key:one';

let open: OpenRequests;

beforeEach(() => {
  vi.useFakeTimers();
  open = new OpenRequests();
});

afterEach(() => {
  open.close();
  vi.useRealTimers();
});

function request(mayContinue: () => Promise<boolean>, ends_at_ms?: number) {
  const cut = vi.fn();
  const done = open.add({ records: [RECORD, 'account:one'], ends_at_ms, mayContinue, cut });
  return { cut, done };
}

const settle = () => vi.advanceTimersByTimeAsync(0);

describe('an open request', () => {
  it('is cut when the record that allowed it changes and allows it no more', async () => {
    const ended = request(async () => false);
    const allowed = request(async () => true);
    open.changed('api_key:another');
    await settle();
    expect(ended.cut).not.toHaveBeenCalled();
    open.changed(RECORD);
    await settle();
    expect(ended.cut).toHaveBeenCalledOnce();
    expect(allowed.cut).not.toHaveBeenCalled();
    expect(open.size).toBe(1);
  });

  it('is checked when changes were missed', async () => {
    const ended = request(async () => false);
    open.missed();
    await settle();
    expect(ended.cut).toHaveBeenCalledOnce();
  });

  it('is checked again after Redis was away', async () => {
    let away = true;
    const { cut } = request(async () => {
      if (away) throw new Error('Connection is closed');
      return false;
    });
    open.changed(RECORD);
    await settle();
    expect(cut).not.toHaveBeenCalled();
    away = false;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(cut).toHaveBeenCalledOnce();
  });

  it('is cut when its key ends, without Redis', async () => {
    const { cut } = request(() => Promise.reject(new Error('Connection is closed')), Date.now() + 5_000);
    await vi.advanceTimersByTimeAsync(4_900);
    expect(cut).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(400);
    expect(cut).toHaveBeenCalledOnce();
  });

  it('that has been answered is forgotten', async () => {
    const { cut, done } = request(async () => false);
    done();
    done();
    open.changed(RECORD);
    open.missed();
    await settle();
    expect(cut).not.toHaveBeenCalled();
    expect(open.size).toBe(0);
  });
});
