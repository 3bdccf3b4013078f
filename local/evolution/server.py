"""The simulator as a web application: Evolution's routes and its own, with Evolution's errors."""

from collections.abc import AsyncIterator, Awaitable, Callable

from aiohttp import web

from local.evolution import control_routes, evolution_routes, log_routes
from local.evolution.errors import ErrorResponse, not_found
from local.evolution.request_times import CONNECTION, timed_connection
from local.evolution.simulator import Simulator

MAX_BODY = 136 * 1024 * 1024
type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def application(simulator: Simulator, api_key: str) -> web.Application:
    """All routes of a simulator, ready for any aiohttp runner. `api_key` is Evolution's global key."""

    async def webhooks_running(_app: web.Application) -> AsyncIterator[None]:
        await simulator.webhooks.open()
        yield
        await simulator.webhooks.close()

    app = web.Application(client_max_size=MAX_BODY, middlewares=[_errors])
    app.cleanup_ctx.append(webhooks_running)
    app.add_routes(evolution_routes.routes(simulator, api_key))
    app.add_routes(control_routes.routes(simulator))
    app.add_routes(log_routes.routes(simulator.log))
    return app


@web.middleware
async def _errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Evolution's error envelopes; routes and methods that Evolution does not have are 404."""
    connection = request[CONNECTION] = timed_connection(request)
    try:
        return await handler(request)
    except ErrorResponse as error:
        return web.json_response(error.body, status=error.status)
    except (web.HTTPNotFound, web.HTTPMethodNotAllowed):
        missing = not_found(f"Cannot {request.method} {request.raw_path}")
        return web.json_response(missing.body, status=missing.status)
    finally:
        connection.first_byte = None  # the next byte on this connection begins another request
