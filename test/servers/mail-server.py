"""A real mail server (aiosmtpd) for tests. usage: mail-server.py MODE CERTIFICATE KEY [PORT]; prints its port, then each message as JSON."""
import asyncio, base64, json, ssl, sys
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

mode, certificate, key = sys.argv[1:4]
context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
context.load_cert_chain(certificate, key)


class Messages:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith('nobody@'):
            return '550 5.1.1 no such user'
        envelope.rcpt_tos.append(address)
        return '250 OK'

    async def handle_DATA(self, server, session, envelope):
        print(json.dumps({
            'from': envelope.mail_from, 'to': envelope.rcpt_tos, 'tls': session.ssl is not None or mode == 'tls',
            'user': session.auth_data.login.decode() if session.auth_data else None,
            'data': base64.b64encode(envelope.original_content).decode(),
        }), flush=True)
        return '250 OK'


def authenticate(server, session, envelope, mechanism, data):
    right = isinstance(data, LoginPassword) and data.login == b'ops' and data.password == b'open-sesame'
    return AuthResult(success=right, handled=right, auth_data=data)


def session():
    secure = mode in ('starttls', 'login')
    return SMTP(
        Messages(), enable_SMTPUTF8=True, tls_context=context if secure else None, require_starttls=secure,
        authenticator=authenticate, auth_require_tls=False, auth_required=mode != 'open',
        auth_exclude_mechanism=['PLAIN'] if mode == 'login' else None,
    )


async def main():
    server = await asyncio.get_running_loop().create_server(
        session, '127.0.0.1', int(sys.argv[4]) if len(sys.argv) > 4 else 0, ssl=context if mode == 'tls' else None)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()

asyncio.run(main())
