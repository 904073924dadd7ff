#!/usr/bin/env python3
"""Verifies an audit trail of opsconsole without opsconsole, from docs/audit-format.md alone.

usage: verify-trail.py [--json] [--head HASH] FILE...

FILE is the file that is written now (audit/log); what was sealed before it is found beside it. Exit code 0: every trail is
VERIFIED; 1: one is not; 2: wrong usage. Python 3.8, its standard library, and no more memory than one record needs.
"""
import argparse
import hashlib
import json
import os
import re
import stat
import sys
import zlib

HEADER = re.compile(rb'([0-9a-f]{8}) ([0-9a-f]{8}) \Z')
BEGUN = re.compile(rb'[0-9a-f]{0,8}( [0-9a-f]{0,8} ?)?\Z')
LATEST = 8.64e15
SAFE = 2**53 - 1
LISTED = 1000


def files_of(log):
    """Every file of a trail, oldest first, open; the last one is opened before the others are listed."""
    last = open(log, 'rb')
    with last:
        own = os.fstat(last.fileno())
        directory, base = os.path.split(log)
        numbered = re.compile(re.escape(base) + r'\.(\d{6,})\Z')
        found = [(int(match.group(1)), name) for name in os.listdir(directory or '.') for match in [numbered.match(name)] if match]
        for _, name in sorted(found):
            descriptor = os.open(os.path.join(directory, name), os.O_RDONLY | getattr(os, 'O_NOFOLLOW', 0))
            with open(descriptor, 'rb') as sealed:
                here = os.fstat(descriptor)
                if (here.st_dev, here.st_ino) == (own.st_dev, own.st_ino):
                    break
                yield name, sealed
        yield None, last


def is_record_line(line):
    """A line that is whole: header, length and checksum are right."""
    header = HEADER.match(line[:18])
    payload = line[18:-1]
    return bool(header) and int(header.group(1), 16) == len(payload) and int(header.group(2), 16) == zlib.crc32(payload)


def is_begun(tail):
    """What a writer leaves that dies within its record."""
    if len(tail) < 18:
        return bool(BEGUN.match(tail))
    header = HEADER.match(tail[:18])
    return bool(header) and len(tail) <= 18 + int(header.group(1), 16)


def parts_of(name, file):
    """The whole lines of one file, and what is damaged between them, as (kind, offset, bytes)."""
    damage, offset = None, 0
    for line in file:
        whole = line.endswith(b'\n')
        torn = not whole and name is None and is_begun(line)
        if torn or (whole and is_record_line(line)):
            if damage:
                yield damage
                damage = None
            yield 'torn' if torn else 'record', offset, line
        else:
            damage = ('damage', damage[1], damage[2] + line) if damage else ('damage', offset, line)
        offset += len(line)
    if damage:
        yield damage


def no_constant(text):
    raise ValueError('%s is not JSON' % text)


def integer(text):
    return int(text) if len(text) < 400 else float(text)


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def read_record(line):
    """The record of a line; None: it holds none of version 1."""
    try:
        value = json.loads(line[18:-1].decode('utf-8'), parse_constant=no_constant, parse_int=integer)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict) or not is_number(value.get('v')) or value['v'] != 1:
        return None
    seq = value.get('seq')
    if not is_number(seq) or abs(seq) > SAFE or seq != int(seq) or not isinstance(value.get('prev'), str):
        return None
    return value


def is_date(at):
    return is_number(at) and abs(at) <= LATEST


class Chain:
    """Order and links of a trail, part by part; goes on behind what is broken."""

    def __init__(self):
        self.head, self.seq, self.records, self.blind = '0' * 64, 0, 0, False
        self.first, self.last, self.breaks = None, None, []

    def broken(self, seq, kind, name, offset):
        self.breaks.append({'seq': int(seq), 'kind': kind, 'file': name, 'offset': offset})

    def take(self, name, kind, offset, line):
        """Returns the hash of the line, when it holds a record."""
        if kind == 'torn':
            self.broken(self.seq + 1, 'torn tail', name, offset)
            return None
        here = hashlib.sha256(line).hexdigest()
        record = read_record(line) if kind == 'record' else None
        if record is None:
            self.broken(self.seq + 1, 'edited' if kind == 'damage' else 'unreadable', name, offset)
            self.head, self.seq, self.blind = here, self.seq + 1, True
            return None
        seq, expected = int(record['seq']), self.seq + 1
        if seq < self.seq if self.blind else seq != expected:
            self.broken(expected, 'missing' if seq > expected else 'reordered', name, offset)
        elif not self.blind and record['prev'] != self.head:
            self.broken(max(self.seq, 1), 'edited', name, offset)
        at = record.get('at')
        if is_date(at):
            self.first, self.last = at if self.first is None else self.first, at
        else:
            self.broken(seq, 'edited', name, offset)
        self.records, self.head, self.seq, self.blind = self.records + 1, here, seq, False
        return here


def verify(log, head=None):
    chain, size, segments, head_is = Chain(), 0, 0, None
    try:
        if not stat.S_ISREG(os.stat(log).st_mode):
            raise OSError('it is not a file')
        for name, file in files_of(log):
            for part in parts_of(name, file):
                here = chain.take(name, *part)
                if head is not None and here == head:
                    head_is = chain.seq
            size, segments = size + os.fstat(file.fileno()).st_size, segments + 1
        gone = None if chain.records or chain.breaks else 'the file holds no record'
    except OSError as error:
        chain, gone = Chain(), str(error)
    if gone is not None:
        chain.broken(0, 'gone', None, 0)
    if head is not None and head_is is None:
        chain.broken(0, 'head', None, size)
    kinds = {each['kind'] for each in chain.breaks}
    verdict = 'VERIFIED' if not kinds else {frozenset(['gone']): 'CANNOT VERIFY', frozenset(['torn tail']): 'INCOMPLETE'}.get(frozenset(kinds), 'TAMPERED')
    return {'file': log, 'verdict': verdict, 'records': chain.records, 'segments': segments, 'size': size, 'head': chain.head,
            'firstAt': chain.first, 'lastAt': chain.last, 'breaks': chain.breaks[:LISTED],
            'moreBreaks': max(0, len(chain.breaks) - LISTED), 'headIs': head_is, 'why': gone}


def main():
    options = argparse.ArgumentParser(description='Verifies an audit trail of opsconsole without opsconsole.')
    options.add_argument('--json', action='store_true', help='one JSON object a line for each file')
    options.add_argument('--head', help='a head that was kept somewhere else: it must be the hash of one of the records')
    options.add_argument('file', nargs='+')
    given = options.parse_args()
    found = [verify(file, given.head) for file in given.file]
    for each in found:
        if given.json:
            print(json.dumps(each))
            continue
        print('%(verdict)s\n  records  %(records)d in %(segments)d files, %(size)d bytes\n  head     %(head)s' % each)
        for one in each['breaks']:
            print('  BREAK    record %d: %s (%s, byte %d)' % (one['seq'], one['kind'], one['file'] or 'log', one['offset']))
    sys.exit(0 if all(each['verdict'] == 'VERIFIED' for each in found) else 1)


if __name__ == '__main__':
    main()
